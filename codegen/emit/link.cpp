// The link step. Objects go to ld.lld inside one archive in an anonymous memory file, so that nothing touches the disk but the output,
// which ld.lld writes in a directory of its own beside the place where it is wanted: a failed link leaves nothing behind.
#include "emit/link.h"
#include "emit/archive.h"
#include "emit/assembly.h"
#include "emit/init_order.h"
#include "base/text.h"
#include "emit/module_data.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"
#include "target/target.h"
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <set>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using llvm::StringRef;

namespace stoat {

namespace {

class MemoryFile {
public:
  MemoryFile(const char* name, StringRef bytes) : descriptor_(memfd_create(name, 0)) {
    while (descriptor_ >= 0 && !bytes.empty()) {
      ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR)
        continue;
      if (written <= 0) {
        ::close(descriptor_);
        descriptor_ = -1;
        return;
      }
      bytes = bytes.drop_front(written);
    }
  }
  ~MemoryFile() {
    if (descriptor_ >= 0)
      ::close(descriptor_);
  }
  bool valid() const { return descriptor_ >= 0; }
  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }
  std::string read() const {
    std::string text;
    char buffer[4096];
    ::lseek(descriptor_, 0, SEEK_SET);
    for (ssize_t count; (count = ::read(descriptor_, buffer, sizeof buffer)) > 0;)
      text.append(buffer, count);
    return text;
  }
  int descriptor() const { return descriptor_; }

private:
  int descriptor_;
};

// Member names are "@N" with N the index of the package: long names would need a table, and errors are translated anyway.
void appendObject(std::string& archive, const std::string& name, StringRef bytes) {
  std::string header = name + "/";
  header.resize(16, ' ');
  header += "0           0     0     644     ";
  std::string size = std::to_string(bytes.size());
  size.resize(10, ' ');
  archive += header + size + "`\n";
  archive.append(bytes.data(), bytes.size());
  if (bytes.size() % 2)
    archive += '\n';
}

// Beside the output, so that a rename moves the result there; removed with what is in it.
class OutputDirectory {
public:
  explicit OutputDirectory(const std::string& output) : path_(output + ".link" + std::to_string(::getpid())) { // at most one link a process
    if (::mkdir(path_.c_str(), 0777) != 0)
      error_ = errno;
  }
  ~OutputDirectory() {
    if (!error_)
      llvm::sys::fs::remove_directories(path_);
  }
  int error() const { return error_; }
  std::string file() const { return path_ + "/a.out"; }

private:
  std::string path_;
  int error_ = 0;
};

// For devices and pipes: no rename, no truncation. Returns an errno value, or 0.
int copyTo(const std::string& from, const std::string& to) {
  auto bytes = llvm::MemoryBuffer::getFile(from, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!bytes)
    return bytes.getError().value();
  int descriptor = ::open(to.c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor < 0)
    return errno;
  int error = 0;
  for (StringRef rest = (*bytes)->getBuffer(); !rest.empty() && !error;) {
    ssize_t written = ::write(descriptor, rest.data(), rest.size());
    if (written >= 0)
      rest = rest.drop_front(written);
    else if (errno != EINTR)
      error = errno;
  }
  ::close(descriptor);
  return error;
}

std::string firstExisting(std::initializer_list<std::string> candidates) {
  for (const std::string& path : candidates)
    if (!path.empty() && llvm::sys::fs::exists(path))
      return path;
  return "";
}

std::string findLinker(const LinkOptions& options) {
  std::string found = firstExisting({options.linker, "/usr/lib/llvm-22/bin/ld.lld", "/usr/bin/ld.lld-22"});
  if (!found.empty())
    return found;
  for (const char* name : {"ld.lld-22", "ld.lld"})
    if (auto path = llvm::sys::findProgramByName(name))
      return *path;
  return "";
}

struct CLibrary {
  std::string directory; // crt1.o, libc.a
  std::string gcc;       // crtbegin, libgcc.a
};

// The newest GCC's directory: /usr/lib/gcc/TRIPLET/N or /usr/lib/gcc-cross/TRIPLET/N.
std::string gccDirectory(const std::string& triplet) {
  std::string best;
  int bestVersion = -1;
  for (const char* root : {"/usr/lib/gcc/", "/usr/lib/gcc-cross/"}) {
    std::error_code ignored;
    for (llvm::sys::fs::directory_iterator it(root + triplet, ignored), end; it != end && !ignored; it.increment(ignored)) {
      int version = -1;
      if (StringRef(llvm::sys::path::filename(it->path())).getAsInteger(10, version) || version <= bestVersion)
        continue;
      if (llvm::sys::fs::exists(it->path() + "/libgcc.a")) {
        best = it->path();
        bestVersion = version;
      }
    }
  }
  return best;
}

bool findCLibrary(const Target& target, const LinkOptions& options, CLibrary& library, std::string& error) {
  std::vector<std::string> triplets = {target.debianTriplet.str()};
  if (target.arch == Arch::I386)
    triplets.push_back("i686-linux-gnu");
  for (const std::string& triplet : triplets) {
    if (library.directory.empty()) {
      std::string crt = firstExisting({options.cLibraryDirectory.empty() ? "" : options.cLibraryDirectory + "/libc.a",
                                       "/usr/lib/" + triplet + "/libc.a", "/usr/" + triplet + "/lib/libc.a"});
      library.directory = llvm::sys::path::parent_path(crt).str();
    }
    if (library.gcc.empty())
      library.gcc = gccDirectory(triplet);
  }
  if (library.directory.empty() || library.gcc.empty()) {
    error = "no static C library for " + target.goarch.str() + " found (Debian: " +
            (target.arch == Arch::X86_64 ? "gcc libc6-dev" : target.arch == Arch::AArch64 ? "gcc-aarch64-linux-gnu" : "gcc-i686-linux-gnu") + ")";
    return false;
  }
  return true;
}

// The symbols that the objects of an archive define.
void forEachDefinition(const Archive& archive, llvm::function_ref<void(StringRef)> use) {
  for (const Archive::Member& member : archive.objects) {
    auto object = llvm::object::ObjectFile::createObjectFile(llvm::MemoryBufferRef(member.bytes, member.name));
    if (!object) {
      llvm::consumeError(object.takeError());
      continue;
    }
    for (const llvm::object::SymbolRef& s : (*object)->symbols()) {
      auto name = s.getName();
      auto flags = s.getFlags();
      bool isDefined = flags && !(*flags & llvm::object::SymbolRef::SF_Undefined);
      if (!flags) llvm::consumeError(flags.takeError());
      if (!name) llvm::consumeError(name.takeError());
      else if (isDefined) use(*name);
    }
  }
}

bool definesSymbol(const Archive& archive, StringRef symbol) {
  bool found = false;
  forEachDefinition(archive, [&](StringRef name) { found |= name == symbol; });
  return found;
}

// The assembly of all packages as one object; empty if there is none. `callers`: see emitAssembly.
bool linkAssembly(const std::vector<Archive>& archives, StringRef goarch, llvm::SmallVectorImpl<char>& object, llvm::StringMap<std::string>& callers, std::string& error) {
  std::vector<AssemblyObject> inputs;
  for (const Archive& archive : archives)
    for (const Archive::Member& member : archive.assembly)
      inputs.push_back({archive.packagePath, member.bytes});
  if (inputs.empty())
    return true;
  llvm::StringSet<> thunks;
  for (const Archive& archive : archives)
    forEachDefinition(archive, [&](StringRef name) {
      if (name.ends_with(assemblyThunk))
        thunks.insert(name);
    });
  return emitAssembly(inputs, thunks, goarch, object, callers, error);
}

// ld.lld's complaints, in terms of packages and symbols.
std::string translate(StringRef text, const std::vector<std::string>& names, const std::string& archivePath, const llvm::StringMap<std::string>& assemblyCallers) {
  std::string out;
  llvm::SmallVector<StringRef, 32> lines;
  text.split(lines, '\n');
  bool isExplained = false; // what ld.lld adds about the line before is not wanted
  for (StringRef line : lines) {
    if (line.trim().empty() || (isExplained && line.starts_with(">>>")))
      continue;
    isExplained = false;
    line.consume_front("ld.lld: ");
    line.consume_front("error: ");
    if (StringRef symbol = line; symbol.consume_front("undefined symbol: ")) {
      if (auto caller = assemblyCallers.find(symbol); caller != assemblyCallers.end()) {
        symbol.consume_back(assemblyThunk);
        out += (out.empty() ? "" : "\n") + (caller->second + ": relocation target " + symbol.str() + " not defined");
        isExplained = true;
        continue;
      }
    }
    std::string rest = line.str();
    // Members are called "@N", as in "@3:(.text.f+0x8) in archive PATH" or "PATH(@3)".
    if (size_t at = rest.find(" in archive " + archivePath); at != std::string::npos)
      rest.erase(at);
    if (size_t at = rest.find(archivePath + "("); at != std::string::npos)
      rest.erase(at, archivePath.size() + 1);
    if (size_t at = rest.find('@'); at != std::string::npos) {
      size_t end = rest.find_first_not_of("0123456789", at + 1), index = 0;
      if (!StringRef(rest).slice(at + 1, end).getAsInteger(10, index) && index < names.size())
        rest.replace(at, std::min(end, rest.size()) - at, "package " + names[index]);
    }
    out += (out.empty() ? "" : "\n") + ("" + rest);
  }
  return out.empty() ? "ld.lld failed" : out;
}

} // namespace

bool linkExecutable(const LinkOptions& options, std::string& error) {
  const Target* target = targetFor(options.goarch);
  if (!target) {
    error = "unsupported GOARCH " + options.goarch;
    return false;
  }

  // importcfg -> archives: those that main reaches, and the runtime, which every program needs whether it imports it or not
  std::vector<Archive> archives;
  std::vector<InitPackage> packages;
  std::vector<std::string> names;
  std::set<std::string> wanted;
  std::vector<std::pair<std::string, std::string>> work = {{"main", options.mainArchive}}; // path, file
  for (size_t i = 0; i < work.size(); ++i) {
    auto [path, file] = work[i];
    Archive& archive = archives.emplace_back();
    if (!readArchive(file, options.stoatVersion, archive, error)) {
      if (llvm::StringRef(error).starts_with("open "))
        error = "cannot open file " + file + ": " + error;
      return false;
    }
    if (archive.goarch != options.goarch) {
      error = file + ": is for " + archive.goarch + ", not for " + options.goarch;
      return false;
    }
    if (i == 0 && archive.packageName != "main") {
      error = file + ": not package main";
      return false;
    }
    packages.push_back({archive.packagePath, archive.imports});
    if (i == 0 && options.packageFiles.count("runtime"))
      packages[0].imports.push_back("runtime");
    names.push_back(archive.packagePath);
    for (const std::string& import : packages.back().imports) {
      if (!wanted.insert(import).second)
        continue;
      auto found = options.packageFiles.find(import);
      if (found == options.packageFiles.end()) {
        error = "cannot find package " + import + " (using -importcfg)";
        return false;
      }
      work.push_back({import, found->second});
    }
  }

  // archives -> stoat_module
  ModuleDataContents data;
  data.goarch = options.goarch;
  data.goVersion = options.goVersion;
  data.modInfo = options.moduleInfo;
  data.buildId = options.buildId;
  for (auto& [name, value] : options.stringValues) {
    if (name == "runtime.godebugDefault")
      data.defaultGodebug = value;
    else if (name != "runtime.modinfo" && name != "runtime.buildVersion") {
      auto [path, variable] = StringRef(name).rsplit('.');
      for (const Archive& archive : archives) {
        if (archive.packagePath != path)
          continue;
        if (llvm::is_contained(archive.stringVariables, variable))
          data.variables.push_back({name, value});
        else if (definesSymbol(archive, name))
          error += (error.empty() ? "" : "\n") + (name + ": cannot set with -X: not a var of type string");
      }
    }
  }
  if (!error.empty())
    return false;
  size_t runtimePackages = 0;
  std::vector<size_t> order = initOrder(packages, packages[0].path, runtimePackages);
  for (size_t i = 0; i < order.size(); ++i) {
    const std::string& symbol = archives[order[i]].initSymbol;
    if (symbol.empty())
      continue;
    data.inits.push_back(symbol);
    data.runtimeInits += i < runtimePackages;
  }
  llvm::SmallVector<char, 0> moduleObject;
  if (!emitModuleData(data, moduleObject, error))
    return false;

  llvm::SmallVector<char, 0> assembly;
  llvm::StringMap<std::string> assemblyCallers;
  if (!linkAssembly(archives, options.goarch, assembly, assemblyCallers, error))
    return false;

  // objects -> one archive in memory
  std::string combined = "!<arch>\n";
  for (size_t i = 0; i < archives.size(); ++i)
    for (const Archive::Member& member : archives[i].objects)
      appendObject(combined, "@" + std::to_string(i), member.bytes);
  names.push_back("stoat_module");
  appendObject(combined, "@" + std::to_string(archives.size()), StringRef(moduleObject.data(), moduleObject.size()));
  if (!assembly.empty()) {
    names.push_back("assembly");
    appendObject(combined, "@" + std::to_string(archives.size() + 1), StringRef(assembly.data(), assembly.size()));
  }
  MemoryFile objects("stoat-objects", combined), messages("stoat-messages", "");
  if (!objects.valid() || !messages.valid()) {
    error = "no memory for objects: " + systemErrorText(errno);
    return false;
  }
  combined.clear();

  // ld.lld
  std::string linker = findLinker(options);
  if (linker.empty()) {
    error = "ld.lld of LLVM 22 not found (Debian: lld-22)";
    return false;
  }
  CLibrary library;
  if (!findCLibrary(*target, options, library, error))
    return false;
  std::string runtime = options.runtimeDirectory + "/libstoat_runtime.a";
  if (!llvm::sys::fs::exists(runtime)) {
    error = "no runtime library for " + options.goarch + " (" + runtime + ")";
    return false;
  }
  // Devices and pipes get a copy.
  struct stat existing;
  bool isDevice = ::stat(options.output.c_str(), &existing) == 0 && !S_ISREG(existing.st_mode) && !S_ISDIR(existing.st_mode);
  llvm::SmallString<64> beside(options.output);
  if (isDevice) {
    llvm::sys::path::system_temp_directory(true, beside);
    llvm::sys::path::append(beside, "stoat");
  }
  OutputDirectory directory(beside.str().str());
  if (directory.error()) {
    error = "cannot create " + options.output + ": open " + options.output + ": " + systemErrorText(directory.error());
    return false;
  }
  std::string output = directory.file();
  bool pie = target->positionIndependent;
  std::vector<std::string> arguments = {linker, "-m", target->linkEmulation.str(), "-static"};
  if (pie)
    arguments.insert(arguments.end(), {"-pie", "--no-dynamic-linker", "-z", "text"});
  arguments.insert(arguments.end(), {"-z", "relro", "-z", "now", "-z", "noexecstack", "--gc-sections", "--build-id=" + (options.gnuBuildId.empty() ? "none" : "0x" + options.gnuBuildId), "--hash-style=gnu", "--eh-frame-hdr",
                                     "--no-undefined-version", "--color-diagnostics=never", "-o", output});
  if (options.stripAll)
    arguments.push_back("-s");
  else if (options.stripDebug)
    arguments.push_back("-S");
  arguments.push_back(library.directory + (pie ? "/rcrt1.o" : "/crt1.o"));
  arguments.push_back(library.directory + "/crti.o");
  arguments.push_back(library.gcc + (pie ? "/crtbeginS.o" : "/crtbeginT.o"));
  arguments.insert(arguments.end(), {"-L" + library.gcc, "-L" + library.directory, "--whole-archive", objects.path(), runtime, "--no-whole-archive",
                                     "--start-group", "-lgcc", "-lgcc_eh", "-lc", "--end-group"});
  arguments.push_back(library.gcc + (pie ? "/crtendS.o" : "/crtend.o"));
  arguments.push_back(library.directory + "/crtn.o");
  if (options.verbose) {
    llvm::errs() << llvm::join(arguments, " ") << '\n';
    llvm::errs().flush();
  }
  std::vector<char*> raw;
  for (std::string& argument : arguments)
    raw.push_back(argument.data());
  raw.push_back(nullptr);
  pid_t child = fork();
  if (child == 0) {
    dup2(messages.descriptor(), 1);
    dup2(messages.descriptor(), 2);
    execv(raw[0], raw.data());
    _exit(127);
  }
  int status = 0;
  while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
    ;
  if (child < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    error = child > 0 && WIFSIGNALED(status) ? "ld.lld ended by signal " + std::to_string(WTERMSIG(status)) : translate(messages.read(), names, objects.path(), assemblyCallers);
    // ld.lld sets the size of the file first and then writes to a mapping of it: where the disk has no room left, that is a bus error.
    const std::string writing = "writing output: write " + options.output + ": ";
    if (StringRef why = error; why.consume_front("failed to open " + output + ": "))
      error = writing + why.take_front(1).lower() + why.drop_front().str();
    else if (child > 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS)
      error = writing + systemErrorText(ENOSPC);
    return false;
  }
  int failure = isDevice ? copyTo(output, options.output) : ::rename(output.c_str(), options.output.c_str()) != 0 ? errno : 0;
  if (failure) {
    error = "writing output: write " + options.output + ": " + systemErrorText(failure);
    return false;
  }
  return true;
}

} // namespace stoat
