// The collector's GCStrategy, and the printer that turns LLVM's stack map records into the tables of runtime/abi/stackmap.h. A location that the
// walker could not restore (a register that calls do not preserve) fails the compilation: it would be a lost pointer.
#include "emit/session.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/CodeGen/AsmPrinter.h"
#include "llvm/CodeGen/GCMetadataPrinter.h"
#include "llvm/CodeGen/MachineModuleInfo.h"
#include "llvm/CodeGen/StackMaps.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/GCStrategy.h"
#include "llvm/MC/MCContext.h"
#include "llvm/MC/MCExpr.h"
#include "llvm/MC/MCSectionELF.h"
#include "llvm/MC/MCStreamer.h"
#include "llvm/MC/MCSymbolELF.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/LEB128.h"
#include "llvm/Support/Path.h"
#include "llvm/Target/TargetLoweringObjectFile.h"
#include "target/target.h"
#include <map>

using namespace llvm;

namespace stoat {

namespace {

class Strategy : public GCStrategy {
public:
  Strategy() {
    UseStatepoints = true;
    UsesMetadata = true; // or the printer is not asked
  }
  // False for all: otherwise code generation gives every pointer a spill slot at each statepoint.
  std::optional<bool> isGCManagedPointer(const Type*) const override { return false; }
};

class TableWriter {
public:
  TableWriter(EmitSession& session, StackMaps& maps, AsmPrinter& printer)
      : session_(session), target_(*session.target), maps_(maps), printer_(printer), streamer_(*printer.OutStreamer),
        context_(printer.OutContext) {}

  void run() {
    DenseMap<const MCSymbol*, std::pair<size_t, size_t>> records;
    size_t next = 0;
    for (auto& [symbol, info] : maps_.getFnInfos()) {
      records[symbol] = {next, info.RecordCount};
      next += info.RecordCount;
    }
    for (const FunctionFacts& facts : session_.functions) {
      MCSymbol* symbol = printer_.getSymbol(facts.function);
      auto [first, count] = records.lookup(symbol);
      emitFunction(facts, static_cast<MCSymbolELF*>(symbol), first, count);
    }
  }

private:
  MCSection* linkedSection(StringRef name, const Function& function, MCSymbolELF* symbol) {
    unsigned flags = ELF::SHF_ALLOC | ELF::SHF_LINK_ORDER;
    StringRef group;
    if (const Comdat* comdat = function.getComdat()) {
      flags |= ELF::SHF_GROUP;
      group = comdat->getName();
    }
    return context_.getELFSection(name, ELF::SHT_PROGBITS, flags, 0, group, !group.empty(), MCSection::NonUniqueID, symbol);
  }

  void emitRelative(const MCSymbol* symbol) {
    MCSymbol* here = context_.createTempSymbol();
    streamer_.emitLabel(here);
    streamer_.emitValue(
        MCBinaryExpr::createSub(MCSymbolRefExpr::create(symbol, context_), MCSymbolRefExpr::create(here, context_), context_), 4);
  }

  MCSymbol* stringSymbol(StringRef text) {
    auto [place, added] = strings_.try_emplace(text, nullptr);
    if (added) {
      place->second = context_.createTempSymbol("stoat_str");
      streamer_.pushSection();
      streamer_.switchSection(context_.getELFSection("stoat_strings", ELF::SHT_PROGBITS,
                                                     ELF::SHF_ALLOC | ELF::SHF_MERGE | ELF::SHF_STRINGS, 1));
      streamer_.emitLabel(place->second);
      streamer_.emitBytes(text);
      streamer_.emitBytes(StringRef("\0", 1));
      streamer_.popSection();
    }
    return place->second;
  }

  // -- contents of one function's bytes --
  struct Builder {
    std::string bytes;
    std::map<std::string, uint32_t> known; // content -> offset from the start of bytes
    std::vector<std::string> strings;
    StringMap<uint32_t> stringNumbers;

    uint32_t add(const std::string& content) {
      auto [place, added] = known.try_emplace(content, bytes.size());
      if (added)
        bytes += content;
      return place->second;
    }
    uint32_t string(StringRef text) {
      auto [place, added] = stringNumbers.try_emplace(text, strings.size());
      if (added)
        strings.push_back(text.str());
      return place->second;
    }
  };

  static void uleb(std::string& out, uint64_t value) {
    uint8_t buffer[16];
    out.append(reinterpret_cast<char*>(buffer), encodeULEB128(value, buffer));
  }
  static void sleb(std::string& out, int64_t value) {
    uint8_t buffer[16];
    out.append(reinterpret_cast<char*>(buffer), encodeSLEB128(value, buffer));
  }

  static StringRef nameOf(const DISubprogram* subprogram) {
    return subprogram->getLinkageName().empty() ? subprogram->getName() : subprogram->getLinkageName();
  }
  std::string fileOf(const DIScope* scope) const {
    if (!scope)
      return "";
    StringRef name = scope->getFilename(), directory = scope->getDirectory();
    if (name.empty() || name.starts_with("/") || directory.empty())
      return name.str();
    return session_.paths.withoutRoot((directory + "/" + name).str());
  }

  // "" if there are no pointers and no tracked objects in use.
  std::string pointerMap(const StackMaps::CallsiteInfo& call, const FunctionFacts& facts) {
    const Function& function = *facts.function;
    // Locations: three constants (convention, flags, number of deopt operands), the operands, then gc pointers and allocas, of which there are none.
    std::vector<int64_t> entries;
    int64_t deopts = call.Locations.size() > 2 ? call.Locations[2].Offset : 0;
    for (int64_t i = 0; i < deopts && size_t(3 + i) < call.Locations.size(); ++i) {
      const StackMaps::Location& location = call.Locations[3 + i];
      switch (location.Type) {
      case StackMaps::Location::Register: {
        if (target_.arch == Arch::AArch64 && location.Reg == 31)
          break; // xzr: a null pointer
        int number = -1;
        for (unsigned n = 0; n < target_.calleeSavedCount; ++n)
          if (target_.calleeSaved[n] == location.Reg)
            number = n;
        if (number < 0)
          session_.fail("internal: " + function.getName().str() + ": a pointer lives across a call in register " +
                        std::to_string(location.Reg) + ", which calls do not preserve");
        entries.push_back(int64_t(number) * 2 + 1);
        break;
      }
      case StackMaps::Location::Indirect:
        if (location.Reg != target_.frameRegister)
          session_.fail("internal: " + function.getName().str() + ": stack map location not relative to the frame pointer");
        if (location.Offset % int(target_.pointerBytes) != 0)
          session_.fail("internal: " + function.getName().str() + ": unaligned stack map location");
        for (unsigned word = 0; word < std::max<unsigned>(1, location.Size / target_.pointerBytes); ++word)
          entries.push_back((location.Offset / int(target_.pointerBytes) + int64_t(word)) * 2);
        break;
      case StackMaps::Location::Direct:
      case StackMaps::Location::Constant:
      case StackMaps::Location::ConstantIndex:
      case StackMaps::Location::Unprocessed:
        break;
      }
    }
    std::vector<uint64_t> objects;
    if (auto live = session_.liveAllocas.find(call.ID); live != session_.liveAllocas.end())
      for (size_t i = 0; i < facts.allocas.size(); ++i)
        if (is_contained(live->second, facts.allocas[i].source))
          objects.push_back(i);
    if (entries.empty() && objects.empty())
      return "";
    llvm::sort(entries);
    entries.erase(llvm::unique(entries), entries.end());
    std::string bytes;
    uleb(bytes, entries.size());
    for (int64_t entry : entries)
      sleb(bytes, entry);
    uleb(bytes, objects.size());
    for (uint64_t object : objects)
      uleb(bytes, object);
    return bytes;
  }

  std::string position(const DILocation* location, const Function& function, Builder& builder) {
    std::string bytes;
    if (!location) {
      uleb(bytes, 1);
      bool wrapper = function.hasFnAttribute("stoat-wrapper");
      uleb(bytes, wrapper);
      uleb(bytes, 1);
      uleb(bytes, function.getSubprogram() ? function.getSubprogram()->getLine() : 0);
      return bytes;
    }
    unsigned levels = 0;
    for (const DILocation* at = location; at; at = at->getInlinedAt())
      ++levels;
    uleb(bytes, levels);
    for (const DILocation* at = location; at; at = at->getInlinedAt()) {
      const DISubprogram* subprogram = at->getScope()->getSubprogram();
      bool outermost = !at->getInlinedAt();
      bool wrapper = subprogram->isArtificial() || (outermost && function.hasFnAttribute("stoat-wrapper"));
      // The package's initialiser calls the init functions at no place of the source: for users nothing is between those and the runtime.
      if (outermost && function.hasFnAttribute("stoat-init") && at->getScope() == subprogram)
        wrapper = true;
      uleb(bytes, (outermost ? 0 : builder.string(nameOf(subprogram))) * 2 + wrapper);
      uleb(bytes, builder.string(fileOf(at->getScope())));
      uleb(bytes, at->getLine());
    }
    return bytes;
  }

  // -- the listing (-emit=stackmaps) --
  void listFunction(const FunctionFacts& facts) {
    raw_string_ostream out(*session_.listing);
    out << "function " << facts.function->getName() << ": frame " << facts.frameBytes;
    for (auto [flag, text] : {std::pair(abi::funcIsWrapper, "wrapper"), std::pair(abi::funcHasStackCheck, "stack check"), std::pair(abi::funcNoSplit, "nosplit")})
      if (facts.flags & flag)
        out << ", " << text;
    out << '\n';
    for (const abi::SavedRegister& saved : facts.saved)
      out << "  saved r" << target_.calleeSaved[saved.number] << " at fp" << format("%+d", saved.fpOffset) << '\n';
    for (const FunctionFacts::Alloca& alloca : facts.allocas) {
      out << "  object at fp" << format("%+d", alloca.fpOffset) << ", " << alloca.words << " words:";
      for (uint32_t i = 0; !alloca.conservative && i < alloca.words; ++i)
        if (alloca.mask[i / 8] >> (i % 8) & 1)
          out << ' ' << i;
      out << (alloca.conservative ? " conservative" : "") << (session_.trackedAllocas.contains(alloca.source) ? ", tracked\n" : "\n");
    }
    if (!facts.asyncRanges.empty())
      out << "  preemptible ranges: " << facts.asyncRanges.size() << '\n';
    for (StringRef leaf : facts.leafCalls)
      out << "  leaf " << leaf << '\n';
  }

  // Read back from the bytes that the walker will read.
  void listCall(const StackMaps::CallsiteInfo& call, StringRef map, const DILocation* location) {
    raw_string_ostream out(*session_.listing);
    StringRef callee = call.ID < session_.targets.size() ? session_.targets[call.ID] : StringRef();
    out << "  call " << (callee.empty() ? "(indirect)" : callee);
    for (const DILocation* at = location; at; at = at->getInlinedAt())
      out << (at == location ? " at " : " in ") << sys::path::filename(fileOf(at->getScope())) << ':' << at->getLine();
    out << ':';
    const uint8_t* bytes = reinterpret_cast<const uint8_t*>(map.data());
    unsigned length = 0;
    uint64_t count = map.empty() ? 0 : decodeULEB128(bytes, &length);
    for (; count > 0; --count) {
      bytes += length;
      int64_t entry = decodeSLEB128(bytes, &length);
      if (entry & 1)
        out << " r" << target_.calleeSaved[entry >> 1];
      else
        out << " fp" << format("%+d", int((entry >> 1) * int64_t(target_.pointerBytes)));
    }
    if (!map.empty()) {
      bytes += length;
      for (uint64_t objects = decodeULEB128(bytes, &length); objects > 0; --objects) {
        bytes += length;
        out << " object" << decodeULEB128(bytes, &length);
      }
    }
    out << '\n';
  }

  void emitFunction(const FunctionFacts& facts, MCSymbolELF* symbol, size_t first, size_t count) {
    const Function& function = *facts.function;
    const DISubprogram* subprogram = function.getSubprogram();
    Builder builder;
    std::string name = subprogram ? nameOf(subprogram).str() : function.getName().str();
    builder.strings = {name, fileOf(subprogram)};
    builder.stringNumbers[fileOf(subprogram)] = 1;
    if (!name.empty())
      builder.stringNumbers.try_emplace(name, 0);

    struct Point {
      const MCExpr* pc;
      uint32_t map, position;
      bool hasMap;
    };
    if (session_.listing)
      listFunction(facts);
    std::vector<Point> points;
    points.reserve(count);
    auto& calls = maps_.getCSInfos();
    for (size_t i = first; i < first + count; ++i) {
      const StackMaps::CallsiteInfo& call = calls[i];
      std::string map = pointerMap(call, facts);
      const DILocation* location = call.ID < session_.positions.size() ? session_.positions[call.ID] : nullptr;
      Point point{call.CSOffsetExpr, 0, 0, !map.empty()};
      if (point.hasMap)
        point.map = builder.add(map);
      point.position = builder.add(position(location, function, builder));
      points.push_back(point);
      if (session_.listing)
        listCall(call, map, location);
    }
    std::vector<uint32_t> masks;
    masks.reserve(facts.allocas.size());
    for (const FunctionFacts::Alloca& alloca : facts.allocas)
      masks.push_back(alloca.conservative ? 0 : builder.add(std::string(alloca.mask.begin(), alloca.mask.end())));

    std::vector<MCSymbol*> strings;
    strings.reserve(builder.strings.size());
    for (const std::string& text : builder.strings)
      strings.push_back(stringSymbol(text));

    MCSymbol* details = context_.createTempSymbol("stoat_details");
    streamer_.switchSection(linkedSection("stoat_maps", function, symbol));
    streamer_.emitValueToAlignment(Align(4));
    streamer_.emitLabel(details);
    streamer_.emitInt32(points.size());
    streamer_.emitInt32(strings.size());
    streamer_.emitInt32(facts.saved.size());
    streamer_.emitInt32(facts.allocas.size());
    streamer_.emitInt32(facts.asyncRanges.size());
    streamer_.emitInt32(facts.frameBytes);
    streamer_.emitInt32(subprogram ? subprogram->getLine() : 0);
    uint32_t base = sizeof(abi::FuncDetails) + points.size() * sizeof(abi::Safepoint) + strings.size() * 4 +
                    facts.saved.size() * sizeof(abi::SavedRegister) + facts.allocas.size() * sizeof(abi::AllocaSlot) + facts.asyncRanges.size() * sizeof(abi::CodeRange);
    for (const Point& point : points) {
      streamer_.emitValue(point.pc, 4);
      streamer_.emitInt32(point.hasMap ? base + point.map : 0);
      streamer_.emitInt32(base + point.position);
    }
    for (MCSymbol* text : strings)
      emitRelative(text);
    for (const abi::SavedRegister& saved : facts.saved) {
      streamer_.emitInt32(saved.fpOffset);
      streamer_.emitInt32(saved.number);
    }
    for (size_t i = 0; i < facts.allocas.size(); ++i) {
      streamer_.emitInt32(facts.allocas[i].fpOffset);
      streamer_.emitInt32(facts.allocas[i].words | (session_.trackedAllocas.contains(facts.allocas[i].source) ? abi::allocaTracked : 0));
      streamer_.emitInt32(facts.allocas[i].conservative ? 0 : base + masks[i]);
    }
    for (const FunctionFacts::Range& range : facts.asyncRanges) {
      streamer_.emitAbsoluteSymbolDiff(range.begin, symbol, 4);
      if (range.end)
        streamer_.emitAbsoluteSymbolDiff(range.end, symbol, 4);
      else
        streamer_.emitValue(symbol->getSize(), 4);
    }
    streamer_.emitBytes(builder.bytes);
    streamer_.emitValueToAlignment(Align(4));

    streamer_.switchSection(linkedSection("stoat_funcs", function, symbol));
    streamer_.emitValueToAlignment(Align(4));
    emitRelative(symbol);
    if (const MCExpr* size = symbol->getSize())
      streamer_.emitValue(size, 4);
    else
      streamer_.emitInt32(0);
    emitRelative(details);
    streamer_.emitInt32(facts.flags);
  }

  EmitSession& session_;
  const Target& target_;
  StackMaps& maps_;
  AsmPrinter& printer_;
  MCStreamer& streamer_;
  MCContext& context_;
  StringMap<MCSymbol*> strings_;
};

class Printer : public GCMetadataPrinter {
public:
  bool emitStackMaps(StackMaps& maps, AsmPrinter& printer) override {
    if (EmitSession* session = currentSession())
      TableWriter(*session, maps, printer).run();
    return true;
  }
};

} // namespace

void registerStackMapPrinter() {
  static GCRegistry::Add<Strategy> strategy("stoat", "Stoat's collector");
  static GCMetadataPrinterRegistry::Add<Printer> printer("stoat", "Stoat's stack maps");
}

} // namespace stoat
