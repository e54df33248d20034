#include "check/source_importer.h"
#include "check/check.h"
#include "syntax/parser.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Timer.h"
#include "llvm/Support/raw_ostream.h"

namespace stoat {

namespace {

class ListImporter : public Importer {
public:
  llvm::StringMap<Package*> packages;
  llvm::StringMap<std::string> importMap; // of the package being checked
  Package* importPackage(llvm::StringRef path, std::string& error) override {
    auto mapped = importMap.find(path);
    auto it = packages.find(mapped == importMap.end() ? path : llvm::StringRef(mapped->second));
    if (it != packages.end()) return it->second;
    error = "package " + path.str() + " is not in the list";
    return nullptr;
  }
};

double now() { return llvm::TimeRecord::getCurrentTime(false).getProcessTime(); }

} // namespace

int checkListMain(const std::string& listFile, const std::string& goarch, bool verbose) {
  auto list = llvm::MemoryBuffer::getFile(listFile);
  if (!list) {
    llvm::errs() << "cannot read " << listFile << "\n";
    return 2;
  }
  Arena arena;
  SourceTable sources;
  ListImporter importer;
  unsigned failures = 0, checked = 0;
  double parseTime = 0, checkTime = 0;
  llvm::SmallVector<llvm::StringRef, 0> lines;
  (*list)->getBuffer().split(lines, '\n', -1, false);
  for (llvm::StringRef line : lines) {
    llvm::SmallVector<llvm::StringRef, 4> fields;
    line.split(fields, '\t');
    if (fields.size() < 3 || fields[0] == "unsafe") continue;
    importer.importMap.clear();
    if (fields.size() > 3) {
      llvm::SmallVector<llvm::StringRef, 8> pairs;
      fields[3].split(pairs, ',', -1, false);
      for (llvm::StringRef p : pairs) importer.importMap[p.split('=').first] = p.split('=').second.str();
    }
    llvm::SmallVector<llvm::StringRef, 32> names;
    fields[2].split(names, ',', -1, false);
    DiagEngine diag(sources);
    std::vector<SourceFile*> files;
    double start = now();
    for (llvm::StringRef name : names) {
      std::string path = (fields[1] + "/" + name).str();
      auto text = llvm::MemoryBuffer::getFile(path);
      if (!text) {
        llvm::errs() << "cannot read " << path << "\n";
        failures++;
        continue;
      }
      // The tree refers to the text: keep it.
      llvm::StringRef kept = text->release()->getBuffer();
      files.push_back(parseFile(arena, diag, sources.addFile(path), path, kept));
    }
    double parsed = now();
    parseTime += parsed - start;
    CheckOptions options;
    options.goVersion = "go1.26";
    options.goarch = goarch;
    options.isStd = true;
    if (!diag.hasSyntaxErrors()) {
      CheckedPackage* p = checkPackage(fields[0], files, importer, diag, options);
      importer.packages[fields[0]] = p->pkg;
    }
    double done = now();
    checkTime += done - parsed;
    checked++;
    if (verbose) llvm::errs() << llvm::format("%7.1f ms  ", (done - start) * 1000) << fields[0] << "\n";
    if (diag.hasErrors()) {
      std::string out;
      diag.flush(out, 0);
      llvm::errs() << "# " << fields[0] << "\n" << out;
      failures++;
    }
  }
  llvm::errs() << llvm::format("%u packages, %u with errors; parsing %.2f s, checking %.2f s\n", checked, failures, parseTime, checkTime);
  return failures ? 1 : 0;
}

} // namespace stoat
