// What the tools share: versions, flags, files.
#include "tools.h"
#include "base/text.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"
#include <cerrno>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

namespace stoat::driver {

void errorLine(llvm::StringRef text) { llvm::errs() << text << '\n'; }

std::string binaryDirectory() {
  llvm::SmallString<256> self;
  if (llvm::sys::fs::real_path("/proc/self/exe", self)) return ".";
  return llvm::sys::path::parent_path(self).str();
}

/// The main program's .note.gnu.build-id: a hash of the linked binary.
static std::string buildId() {
  std::string id;
  dl_iterate_phdr(
      [](dl_phdr_info* info, size_t, void* out) {
        for (int i = 0; i < info->dlpi_phnum; i++) {
          const auto& ph = info->dlpi_phdr[i];
          if (ph.p_type != PT_NOTE) continue;
          const char* p = reinterpret_cast<const char*>(info->dlpi_addr + ph.p_vaddr);
          const char* end = p + ph.p_memsz;
          while (p + sizeof(ElfW(Nhdr)) <= end) {
            auto* note = reinterpret_cast<const ElfW(Nhdr)*>(p);
            const char* desc = p + sizeof(*note) + ((note->n_namesz + 3) & ~3u);
            if (note->n_type == NT_GNU_BUILD_ID) *static_cast<std::string*>(out) = llvm::toHex(llvm::StringRef(desc, note->n_descsz), true);
            p = desc + ((note->n_descsz + 3) & ~3u);
          }
        }
        return 1; // the first entry is the main program
      },
      &id);
  return id;
}

std::string stoatVersion() {
  std::string id = buildId();
  return "stoat-" + (id.empty() ? "unknown" : id.substr(0, 20));
}

std::string gorootDirectory() {
  if (auto root = llvm::sys::Process::GetEnv("GOROOT"); root && !root->empty()) return *root;
  return binaryDirectory() + "/../goroot";
}

std::string goVersion() {
  auto text = llvm::MemoryBuffer::getFile(gorootDirectory() + "/VERSION");
  if (!text) return "go1.26";
  return (*text)->getBuffer().split('\n').first.trim().str();
}

std::string goarch() {
  if (auto a = llvm::sys::Process::GetEnv("GOARCH"); a && !a->empty()) return *a;
#if defined(__aarch64__)
  return "arm64";
#elif defined(__i386__)
  return "386";
#else
  return "amd64";
#endif
}

int printVersion(llvm::StringRef tool) {
  std::string version = stoatVersion();
  if (tool == "link") { // an executable also depends on the runtime that is linked into it
    for (const char* arch : {"amd64", "arm64", "386"}) {
      llvm::sys::fs::file_status status;
      if (!llvm::sys::fs::status(binaryDirectory() + "/../runtime/" + arch + "/libstoat_runtime.a", status))
        version += "-" + llvm::utohexstr(status.getLastModificationTime().time_since_epoch().count() ^ status.getSize(), true);
    }
  }
  llvm::outs() << tool << " version " << goVersion() << " " << version << '\n';
  return 0;
}

bool FlagReader::next() {
  if (failed_ || index_ >= args_.size()) return false;
  llvm::StringRef a = args_[index_];
  if (a == "--") { index_++; return false; }
  if (a.size() < 2 || a[0] != '-') return false;
  index_++;
  a = a.drop_front(a.starts_with("--") ? 2 : 1);
  auto [n, v] = a.split('=');
  name_ = n;
  inline_ = v;
  hasInline_ = n.size() != a.size();
  return true;
}

llvm::StringRef FlagReader::value() {
  if (hasInline_) return inline_;
  if (index_ < args_.size()) return args_[index_++];
  errorLine((tool_ + ": flag needs an argument: -" + name_).str());
  failed_ = true;
  return {};
}

bool FlagReader::boolValue() const { return !hasInline_ || !(inline_ == "false" || inline_ == "0" || inline_ == "f"); }

void FlagReader::unknown() {
  errorLine((tool_ + ": flag provided but not defined: -" + name_).str());
  failed_ = true;
}

std::string writeFileAtomically(llvm::StringRef path, llvm::StringRef bytes) {
  struct stat existing;
  std::string target = path.str();
  // Devices and pipes (-o /dev/null) are written in place.
  bool inPlace = ::stat(target.c_str(), &existing) == 0 && !S_ISREG(existing.st_mode);
  std::string temporary = inPlace ? target : target + ".tmp" + std::to_string(::getpid());
  auto failure = [&](const char* what, int error) {
    if (!inPlace) ::unlink(temporary.c_str());
    return what + target + ": " + systemErrorText(error);
  };
  int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) return failure("open ", errno);
  while (!bytes.empty()) {
    ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      int error = n < 0 ? errno : ENOSPC;
      ::close(fd);
      return failure("writing output: write ", error);
    }
    bytes = bytes.drop_front(static_cast<size_t>(n));
  }
  if (::close(fd) != 0) return failure("writing output: close ", errno);
  if (!inPlace && ::rename(temporary.c_str(), target.c_str()) != 0) return failure("writing output: rename ", errno);
  return {};
}

} // namespace stoat::driver
