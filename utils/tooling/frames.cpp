#include "frames.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/BinaryFormat/ELF.h"

using namespace llvm;

namespace stoat::rtcheck {

namespace {
bool isCall(uint16_t machine, uint64_t type) {
  switch (machine) {
  case ELF::EM_X86_64: return type == ELF::R_X86_64_PLT32 || type == ELF::R_X86_64_PC32;
  case ELF::EM_386: return type == ELF::R_386_PLT32 || type == ELF::R_386_PC32;
  default: return type == ELF::R_AARCH64_CALL26 || type == ELF::R_AARCH64_JUMP26;
  }
}

// Undefined symbols that each text section calls.
std::map<std::string, std::set<std::string>> undefinedCalls(const object::ELFObjectFileBase& file) {
  std::map<std::string, std::set<std::string>> result;
  for (const object::SectionRef& relocations : file.sections()) {
    Expected<object::section_iterator> section = relocations.getRelocatedSection();
    if (!section) {
      consumeError(section.takeError());
      continue;
    }
    if (*section == file.section_end() || !(*section)->isText())
      continue;
    Expected<StringRef> name = (*section)->getName();
    if (!name) {
      consumeError(name.takeError());
      continue;
    }
    for (const object::RelocationRef& relocation : relocations.relocations()) {
      object::symbol_iterator symbol = relocation.getSymbol();
      if (symbol == file.symbol_end() || !isCall(file.getEMachine(), relocation.getType()))
        continue;
      Expected<uint32_t> flags = symbol->getFlags();
      Expected<StringRef> called = symbol->getName();
      if (flags && called && (*flags & object::SymbolRef::SF_Undefined) && !called->empty())
        result[name->str()].insert(called->str());
      if (!flags)
        consumeError(flags.takeError());
      if (!called)
        consumeError(called.takeError());
    }
  }
  return result;
}

std::map<std::string, std::set<std::string>> undefinedCalls(const std::string& path) {
  Expected<object::OwningBinary<object::ObjectFile>> binary = object::ObjectFile::createObjectFile(path);
  if (!binary) {
    errs() << path << ": " << toString(binary.takeError()) << '\n';
    return {};
  }
  const object::ELFObjectFileBase* elf = dyn_cast<object::ELFObjectFileBase>(binary->getBinary());
  return elf ? undefinedCalls(*elf) : std::map<std::string, std::set<std::string>>();
}
} // namespace

bool Frames::load(const std::string& object) {
  std::string su = StringRef(object).drop_back(StringRef(object).ends_with(".o") ? 2 : 0).str() + ".su";
  auto text = MemoryBuffer::getFile(su);
  if (!text) {
    errs() << su << ": " << text.getError().message() << " (utils/build_runtime writes it)\n";
    return false;
  }
  std::map<std::string, std::set<std::string>> calls = undefinedCalls(object);
  std::map<std::string, Frame>& into = frames_[object];
  SmallVector<StringRef> lines;
  (*text)->getBuffer().split(lines, '\n', -1, false);
  for (StringRef line : lines) { // file:line:symbol TAB bytes TAB static
    SmallVector<StringRef> fields;
    line.split(fields, '\t');
    if (fields.size() != 3)
      continue;
    auto [file, rest] = fields[0].split(':');
    auto [number, symbol] = rest.split(':');
    file.consume_front("./");
    Frame& frame = into[(file + ":" + number).str()];
    unsigned bytes = 0;
    fields[1].getAsInteger(10, bytes);
    frame.symbol = symbol.str();
    frame.bytes = std::max(frame.bytes, bytes);
    frame.dynamic |= fields[2] != "static";
    auto found = calls.find((".text." + symbol).str());
    if (found != calls.end())
      frame.libraryCalls.insert(found->second.begin(), found->second.end());
  }
  return true;
}

const Frame* Frames::find(const std::string& object, const std::string& file, unsigned line) const {
  auto inObject = frames_.find(object);
  if (inObject == frames_.end())
    return nullptr;
  auto it = inObject->second.find(file + ":" + std::to_string(line));
  if (it == inObject->second.end())
    return nullptr;
  used_.insert(&it->second);
  return &it->second;
}

std::set<std::string> Frames::calledBy(const std::string& object) {
  std::set<std::string> result;
  for (auto& [section, symbols] : undefinedCalls(object))
    result.insert(symbols.begin(), symbols.end());
  return result;
}

} // namespace stoat::rtcheck
