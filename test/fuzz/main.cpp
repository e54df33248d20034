// fuzz_compiler: feeds mutants of valid programs to the compiler and reports those it does not survive. utils/fuzz calls it.
#include "corpus.h"
#include "mutate.h"
#include "llvm/ADT/StringExtras.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <csignal>
#include <fstream>

namespace {

using namespace stoat::fuzz;

struct Options {
  std::string stoat, list, work, importcfg, stage = "object", goarch;
  uint64_t seed = 1, count = 1000, job = 0, jobs = 1, sampleEvery = 0, only = ~uint64_t(0);
  size_t slices = 1500;
};

struct Tally { uint64_t programs = 0, accepted = 0, rejected = 0, unsupported = 0, crashes = 0, hangs = 0, memory = 0; long cpu = 0, slowest = 0, largest = 0; };

constexpr long memoryLimit = 2L << 20; // kilobytes

enum class Verdict { Accepted, Rejected, Unsupported, Crash, Hang, Memory };

Verdict judge(const Outcome& o, const std::string& output) {
  if (o.status == -SIGXCPU || o.status == -SIGALRM || o.status == -SIGKILL) return Verdict::Hang;
  if (o.kilobytes > memoryLimit || (o.status == 1 && output.find("out of memory") != std::string::npos)) return Verdict::Memory;
  if (o.status == 0) return Verdict::Accepted;
  if (o.status != 2 || output.empty() || output.find("internal compiler error") != std::string::npos) return Verdict::Crash;
  return output.find("not supported yet") != std::string::npos ? Verdict::Unsupported : Verdict::Rejected;
}

bool parse(int argc, char** argv, Options& o) {
  for (int i = 1; i + 1 < argc; i += 2) {
    std::string name = argv[i], value = argv[i + 1];
    auto number = [&] { return std::strtoull(value.c_str(), nullptr, 10); };
    if (name == "--stoat") o.stoat = value;
    else if (name == "--list") o.list = value;
    else if (name == "--work") o.work = value;
    else if (name == "--importcfg") o.importcfg = value;
    else if (name == "--stage") o.stage = value;
    else if (name == "--goarch") o.goarch = value;
    else if (name == "--seed") o.seed = number();
    else if (name == "--count") o.count = number();
    else if (name == "--job") o.job = number();
    else if (name == "--jobs") o.jobs = number();
    else if (name == "--slices") o.slices = number();
    else if (name == "--sample-every") o.sampleEvery = number();
    else if (name == "--only") o.only = number();
    else return false;
  }
  return argc % 2 == 1 && !o.stoat.empty() && !o.list.empty() && !o.work.empty() && o.jobs > 0;
}

std::string joined(const std::vector<std::string>& arguments) {
  std::string out = "compile";
  for (const std::string& a : arguments) out += " " + a;
  return out;
}

} // namespace

int main(int argc, char** argv) {
  Options o;
  if (!parse(argc, argv, o)) {
    std::fprintf(stderr, "usage: fuzz_compiler --stoat FILE --list FILE --work DIR [...]; see utils/fuzz\n");
    return 2;
  }
  if (!o.goarch.empty()) ::setenv("GOARCH", o.goarch.c_str(), 1);
  Server server(o.stoat);
  CorpusOptions corpusOptions;
  std::ifstream list(o.list);
  for (std::string line; std::getline(list, line);) corpusOptions.files.push_back(line);
  corpusOptions.scratch = o.work;
  corpusOptions.slices = o.slices;
  corpusOptions.arguments = {"-p", "p"};
  if (!o.importcfg.empty()) corpusOptions.arguments.insert(corpusOptions.arguments.end(), {"-importcfg", o.importcfg});
  std::vector<Program> corpus = loadCorpus(server, corpusOptions, o.seed);
  if (corpus.empty()) {
    std::fprintf(stderr, "fuzz: no valid program in the corpus\n");
    return 2;
  }
  if (o.job == 0) std::fprintf(stderr, "fuzz: %zu slices of %zu files\n", corpus.size(), corpusOptions.files.size());

  Tally t;
  std::string input = o.work + "/m.go", output = o.work + "/m.out";
  for (uint64_t i = o.job; i < o.count; i += o.jobs) {
    if (o.only != ~uint64_t(0) && i != o.only) continue;
    Random random(o.seed * 0x100000001B3u + i);
    std::vector<std::string> arguments = corpusOptions.arguments;
    arguments.insert(arguments.end(), {"-complete", "-verify-each"});
    if (random.oneIn(8)) arguments.push_back("-N");
    if (random.oneIn(24)) arguments.push_back("-lang=go1." + std::to_string(14 + random.below(13)));
    if (o.stage == "check") arguments.push_back("-emit=types");
    arguments.insert(arguments.end(), {"-o", o.work + "/m.a", input});
    std::string text = mutate(corpus, random.next());
    writeFile(input, text);
    Outcome result = server.compile(output, arguments);
    std::string said = result.status == 0 ? std::string() : readFile(output);
    Verdict verdict = judge(result, said);
    t.programs++;
    t.cpu += result.cpuMicroseconds;
    t.slowest = std::max(t.slowest, result.cpuMicroseconds);
    t.largest = std::max(t.largest, result.kilobytes);
    const char* kind = nullptr;
    switch (verdict) {
    case Verdict::Accepted: t.accepted++; break;
    case Verdict::Rejected: t.rejected++; break;
    case Verdict::Unsupported: t.unsupported++; break;
    case Verdict::Crash: t.crashes++; kind = "crash"; break;
    case Verdict::Hang: t.hangs++; kind = "hang"; break;
    case Verdict::Memory: t.memory++; kind = "memory"; break;
    }
    std::string number = std::to_string(o.seed) + "-" + std::to_string(i);
    if (kind || o.only != ~uint64_t(0)) {
      std::string base = o.work + "/../" + (kind ? std::string(kind) : "only") + "-" + number;
      writeFile(base + ".go", text);
      writeFile(base + ".txt", joined(arguments) + "\nstatus " + std::to_string(result.status) + "\n" + said);
    }
    if (o.sampleEvery && i % o.sampleEvery == 0) {
      std::string base = o.work + "/../sample-" + number;
      writeFile(base + ".go", text);
      writeFile(base + ".txt", joined(arguments) + "\nstatus " + std::to_string(result.status) + "\n" + said);
    }
  }
  std::printf("%llu %llu %llu %llu %llu %llu %llu %ld %ld %ld\n", (unsigned long long)t.programs, (unsigned long long)t.accepted, (unsigned long long)t.rejected, (unsigned long long)t.unsupported,
              (unsigned long long)t.crashes, (unsigned long long)t.hangs, (unsigned long long)t.memory, t.cpu, t.slowest, t.largest);
  return 0;
}
