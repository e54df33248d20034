// Archive format: 60-byte text headers, members padded to even length (ar(5), as cmd/internal/archive reads it).
#include "emit/archive.h"
#include "base/text.h"
#include "emit/go_object.h"
#include "llvm/ADT/StringExtras.h"

using llvm::StringRef;

namespace stoat {

static constexpr StringRef magic = "!<arch>\n";
static constexpr size_t headerBytes = 60;

static void appendMember(std::string& out, StringRef name, StringRef bytes) {
  std::string header = name.take_front(16).str();
  header.resize(16, ' ');
  header += "0           0     0     644     ";
  std::string size = std::to_string(bytes.size());
  size.resize(10, ' ');
  out += header + size + "`\n";
  out.append(bytes.data(), bytes.size());
  if (bytes.size() % 2)
    out += '\0';
}

std::string writeArchive(const ArchiveContents& contents) {
  std::string definition = "go object linux " + contents.goarch + " " + contents.goVersion + " X:none\n";
  if (!contents.buildId.empty())
    definition += "build id \"" + contents.buildId + "\"\n";
  definition += "\n$$B\n";
  definition += "stoat export " + contents.stoatVersion + "\n";
  definition += "package " + contents.packagePath + " " + contents.packageName + "\n";
  for (const std::string& path : contents.imports)
    definition += "import " + path + "\n";
  if (!contents.initSymbol.empty())
    definition += "init " + contents.initSymbol + "\n";
  for (const std::string& name : contents.stringVariables)
    definition += "string " + name + "\n";
  definition += "data " + std::to_string(contents.exportData.size()) + "\n";
  definition += contents.exportData;
  definition += "\n$$\n";
  std::string out = magic.str();
  out.reserve(out.size() + definition.size() + contents.object.size() + 256);
  appendMember(out, "__.PKGDEF", definition);
  if (!contents.object.empty())
    appendMember(out, "_go_.o", contents.object);
  return out;
}

static bool readDefinition(StringRef text, StringRef stoatVersion, const std::string& path, Archive& archive, std::string& error) {
  auto fail = [&](const std::string& what) {
    error = path + ": " + what;
    return false;
  };
  StringRef line;
  auto next = [&] {
    if (!text.contains('\n'))
      return false;
    std::tie(line, text) = text.split('\n');
    return true;
  };
  if (!next() || !line.consume_front("go object "))
    return fail("not a Go package archive");
  llvm::SmallVector<StringRef, 4> words;
  line.split(words, ' ');
  if (words.size() >= 2)
    archive.goarch = words[1].str();
  while (next() && line != "$$B" && line != "$$")
    if (line.consume_front("build id \"") && line.consume_back("\""))
      archive.buildId = line.str();
  if (!next() || !line.consume_front("stoat export "))
    return fail("was compiled by another Go compiler, not by Stoat (run `go clean -cache`)");
  if (line != stoatVersion)
    return fail("was compiled by another Stoat version (" + line.str() + ", this is " + stoatVersion.str() + "; run `go clean -cache`)");
  while (next()) {
    if (line.consume_front("package ")) {
      auto [packagePath, name] = line.rsplit(' ');
      archive.packagePath = packagePath.str();
      archive.packageName = name.str();
    } else if (line.consume_front("import ")) {
      archive.imports.push_back(line.str());
    } else if (line.consume_front("init ")) {
      archive.initSymbol = line.str();
    } else if (line.consume_front("string ")) {
      archive.stringVariables.push_back(line.str());
    } else if (line.consume_front("data ")) {
      size_t size = 0;
      if (line.getAsInteger(10, size) || size > text.size())
        return fail("export data is truncated");
      archive.exportData = text.take_front(size);
      return true;
    }
  }
  return fail("export data is truncated");
}

// The members of one archive; `bytes` starts behind the magic. hasDefinition: the package's definition has been read.
static bool readMembers(StringRef rest, const std::string& path, StringRef stoatVersion, Archive& archive, bool& hasDefinition, unsigned depth, std::string& error) {
  while (!rest.empty()) {
    StringRef header = rest.take_front(headerBytes);
    size_t size = 0;
    if (header.size() < headerBytes || !header.ends_with("`\n") || header.substr(48, 10).rtrim().getAsInteger(10, size) ||
        size > rest.size() - headerBytes) {
      error = path + ": truncated or damaged archive";
      return false;
    }
    std::string name = header.take_front(16).rtrim().str();
    StringRef bytes = rest.substr(headerBytes, size);
    rest = rest.drop_front(std::min(rest.size(), headerBytes + size + size % 2));
    if (bytes.starts_with(magic) && depth < 4) {
      if (!readMembers(bytes.drop_front(magic.size()), path, stoatVersion, archive, hasDefinition, depth + 1, error))
        return false;
    } else if (name == "__.PKGDEF" || !hasDefinition) {
      if (name != "__.PKGDEF") {
        error = path + ": not a Go package archive";
        return false;
      }
      if (!hasDefinition && !readDefinition(bytes, stoatVersion, path, archive, error))
        return false;
      hasDefinition = true;
    } else if (bytes.starts_with("\x7f" "ELF")) {
      archive.objects.push_back({name, bytes});
    } else if (bytes.starts_with(goObjectMagic)) {
      archive.assembly.push_back({name, bytes});
    }
    // Other members (preferlinkext and the like) are notes of the go command to gc's linker.
  }
  return true;
}

bool readArchive(const std::string& path, StringRef stoatVersion, Archive& archive, std::string& error) {
  auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!file) {
    error = "open " + path + ": " + systemErrorText(file.getError().value());
    return false;
  }
  archive.buffer = std::move(*file);
  StringRef rest = archive.buffer->getBuffer();
  if (!rest.consume_front(magic)) {
    error = path + ": not a Go package archive";
    return false;
  }
  bool hasDefinition = false;
  if (!readMembers(rest, path, stoatVersion, archive, hasDefinition, 0, error))
    return false;
  if (!hasDefinition) {
    error = path + ": truncated or damaged archive";
    return false;
  }
  return true;
}

} // namespace stoat
