// Code and data come as bytes with relocations; they go through LLVM's assembler as text, a section for each symbol, so that the link drops what nobody uses. Each assembly function
// gets a stub (assemblyEntry) that checks the stack for all that the function and the assembly it calls may need: their own checks never fail (G::assemblyGuard).
#include "emit/assembly.h"
#include "emit/llvm_passes.h"
#include "target/target.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <deque>

using llvm::StringRef;

namespace stoat {

namespace {

// Beyond the frames: what stoat_callasm, the stubs for Go functions and stoat_callgo push, and code that aligns its stack pointer.
constexpr uint64_t stackReserve = 1024;
constexpr uint64_t largestStack = 1 << 30;
constexpr uint64_t largestAlignment = 32, codeAlignment = 16; // gc's

// What the runtime library has for assembly, in the place of a Go function (runtime/lang/go_assembly.cpp).
constexpr StringRef runtimeFunctions[] = {"runtime.morestack_noctxt", "runtime.entersyscall", "runtime.exitsyscall"};

struct Node;

struct Edge {
  const GoObject::Relocation* relocation;
  Node* target;   // null: not defined in assembly
  StringRef name; // of the target
};

// A definition in assembly.
struct Node {
  const GoObject::Symbol* symbol;
  StringRef package;
  bool isGlobal = false; // others find it by name
  std::vector<Edge> edges;
  std::string label; // in the assembler's text, quoted
  enum { Unknown, Open, Known } state = Unknown;
  uint64_t stack = 0; // bytes for it and the assembly that it calls

  bool isText() const { return symbol->kind == GoObject::Kind::Text; }
};

bool isCall(const GoObject::Relocation& r) { return r.type == unsigned(GoRelocation::Call) || r.type == unsigned(GoRelocation::CallArm64); }

// Whether the instruction of a call relocation comes back; a jump leaves no frame.
bool comesBack(const GoObject::Symbol& function, const GoObject::Relocation& r) {
  if (r.type == unsigned(GoRelocation::CallArm64))
    return r.offset + 4 <= function.bytes.size() && uint8_t(function.bytes[r.offset + 3]) >> 2 == 0x25; // bl
  return r.offset > 0 && uint8_t(function.bytes[r.offset - 1]) == 0xe8;
}

std::string quoted(const llvm::Twine& name) {
  std::string text = "\"";
  for (char c : name.str()) {
    if (c == '"' || c == '\\')
      text += '\\';
    text += c;
  }
  return text + '"';
}

class Translator {
public:
  Translator(const Target& target, const llvm::StringSet<>& thunks, llvm::StringMap<std::string>& callers) : target_(target), thunks_(thunks), callers_(callers) {}

  std::string translate(llvm::ArrayRef<AssemblyObject> inputs);
  const std::string& problems() const { return problems_; }

private:
  void problem(const std::string& line) {
    if (reported_.insert(line).second)
      problems_ += (problems_.empty() ? "" : "\n") + line;
  }

  void resolve(llvm::ArrayRef<AssemblyObject> inputs);
  uint64_t stackOf(Node& function, bool countIndirect);

  void beginSymbol(std::string& out, StringRef section, const std::string& label, uint64_t align, bool isFunction);
  void endSymbol(std::string& out, const std::string& label) { out += ".size " + label + ", .-" + label + "\n"; }
  void define(Node& node);
  void bytes(const Node& node, size_t from, size_t to);
  std::string reference(const Node& user, const Edge& edge);
  void field(const Node& node, const Edge& edge, size_t& at);
  void entry(const Node& node);

  const Target& target_;
  const llvm::StringSet<>& thunks_;
  llvm::StringMap<std::string>& callers_;
  std::string text_, stubs_, problems_;
  llvm::StringSet<> reported_, stubbed_;
  unsigned sections_ = 0;
  uint64_t indirectStack_ = 0; // the most of any function whose address is taken
  std::deque<GoObject> objects_;
  std::deque<Node> nodes_;
  llvm::StringMap<Node*> globals_;
};

// Names to definitions: static and unnamed ones within the object, others among all objects.
void Translator::resolve(llvm::ArrayRef<AssemblyObject> inputs) {
  std::vector<std::pair<GoObject*, std::vector<Node*>>> nodesOf;
  for (const AssemblyObject& input : inputs) {
    GoObject& object = objects_.emplace_back();
    std::string error;
    if (!readGoObject(input.bytes, object, error)) {
      problem(input.package.str() + ": " + error);
      continue;
    }
    std::vector<Node*>& nodes = nodesOf.emplace_back(&object, std::vector<Node*>(object.symbols.size())).second;
    for (size_t i = 0; i < object.symbols.size(); ++i) {
      const GoObject::Symbol& symbol = object.symbols[i];
      if (symbol.kind == GoObject::Kind::Undefined || symbol.kind == GoObject::Kind::Other)
        continue;
      Node& node = nodes_.emplace_back();
      node.symbol = &symbol;
      node.package = input.package;
      nodes[i] = &node;
      std::string suffix = node.isText() ? assemblyCode.str() : "";
      if (!symbol.isStatic && !symbol.name.empty()) {
        auto [known, isNew] = globals_.insert({symbol.name, &node});
        node.isGlobal = isNew;
        if (!isNew) {
          if (!symbol.mayRepeat && !known->second->symbol->mayRepeat)
            problem("duplicated definition of symbol " + symbol.name.str() + ", from " + known->second->package.str() + " and " + input.package.str());
          nodes[i] = known->second;
        }
        node.label = quoted(symbol.name + suffix);
      } else {
        node.label = quoted(symbol.name + suffix + "·" + llvm::Twine(nodes_.size()));
      }
    }
  }
  for (auto& [object, nodes] : nodesOf)
    for (size_t i = 0; i < nodes.size(); ++i) {
      if (!nodes[i] || nodes[i]->symbol != &object->symbols[i])
        continue;
      for (const GoObject::Relocation& relocation : object->symbols[i].relocations) {
        Edge& edge = nodes[i]->edges.emplace_back(Edge{&relocation, nullptr, ""});
        if (relocation.symbol == ~0u)
          continue;
        edge.name = object->symbols[relocation.symbol].name;
        edge.target = nodes[relocation.symbol];
        if (!edge.target && object->symbols[relocation.symbol].kind == GoObject::Kind::Undefined)
          edge.target = globals_.lookup(edge.name);
      }
      llvm::sort(nodes[i]->edges, [](const Edge& a, const Edge& b) { return a.relocation->offset < b.relocation->offset; });
    }
}

// Go functions that it calls check for themselves.
uint64_t Translator::stackOf(Node& function, bool countIndirect) {
  if (function.state == Node::Known)
    return function.stack;
  function.state = Node::Open;
  uint64_t deepest = 0;
  for (const Edge& edge : function.edges) {
    if (countIndirect && edge.relocation->type == unsigned(GoRelocation::CallIndirect))
      deepest = std::max(deepest, indirectStack_);
    if (!isCall(*edge.relocation) || !edge.target || !edge.target->isText())
      continue;
    if (edge.target == &function && !comesBack(*function.symbol, *edge.relocation))
      continue; // a jump to its own start
    if (edge.target->state == Node::Open)
      problem("not supported yet: the assembly function " + edge.target->symbol->name.str() + " calls itself, so its stack has no bound (package " + edge.target->package.str() + ")");
    else
      deepest = std::max(deepest, stackOf(*edge.target, countIndirect));
  }
  function.state = Node::Known;
  return function.stack = std::min(deepest + function.symbol->frame + 2 * target_.pointerBytes, largestStack);
}

void Translator::beginSymbol(std::string& out, StringRef section, const std::string& label, uint64_t align, bool isFunction) {
  out += (".section " + section + ",unique," + llvm::Twine(++sections_) + "\n.p2align " + llvm::Twine(llvm::Log2_64(align)) + "\n.type ").str() + label + (isFunction ? ",@function\n" : ",@object\n") + label + ":\n";
}

// What a relocation names, as an operand. A Go function that assembly calls gets a stub by the same name that an assembly function would have.
std::string Translator::reference(const Node& user, const Edge& edge) {
  if (edge.target)
    return edge.target->label;
  std::string thunk = (edge.name + assemblyThunk).str();
  if (!isCall(*edge.relocation) && !thunks_.contains(thunk))
    return quoted(edge.name); // a variable of Go code
  std::string label = quoted(edge.name + assemblyCode);
  if (llvm::is_contained(runtimeFunctions, edge.name) || !stubbed_.insert(edge.name).second)
    return label;
  beginSymbol(stubs_, ".text,\"ax\",@progbits", label, codeAlignment, true);
  stubs_ += target_.callGo(quoted(thunk));
  endSymbol(stubs_, label);
  callers_.insert({thunk, user.symbol->name.str()});
  return label;
}

void Translator::bytes(const Node& node, size_t from, size_t to) {
  StringRef contents = node.symbol->bytes.substr(from, to - from);
  for (size_t i = 0; i < contents.size(); i += 32) {
    text_ += ".byte ";
    for (size_t k = i; k < std::min(i + 32, contents.size()); ++k)
      text_ += (k > i ? "," : "") + std::to_string(uint8_t(contents[k]));
    text_ += '\n';
  }
  size_t zeros = to - from - contents.size();
  if (zeros)
    text_ += ".zero " + std::to_string(zeros) + "\n";
}

// The relocated field at `at`, which moves behind it. Semantics of each type: cmd/link/internal/ld/data.go and its architectures' asm.go.
void Translator::field(const Node& node, const Edge& edge, size_t& at) {
  const GoObject::Relocation& r = *edge.relocation;
  auto with = [&](int64_t addend) { return reference(node, edge) + (addend < 0 ? "-" : "+") + std::to_string(addend < 0 ? -uint64_t(addend) : uint64_t(addend)); };
  auto instruction = [&](const char* relocation) {
    text_ += std::string(".reloc ., ") + relocation + ", " + with(r.addend) + "\n";
    bytes(node, at, at + 4);
    at += 4;
  };
  switch (GoRelocation(r.type)) {
  case GoRelocation::CallIndirect:
    return;
  case GoRelocation::Call:
  case GoRelocation::PcRelative:
    if (r.size != 4)
      break;
    text_ += ".long " + with(r.addend - 4) + "-.\n";
    at += 4;
    return;
  case GoRelocation::Address:
    if (r.size != target_.pointerBytes)
      break;
    text_ += (r.size == 8 ? ".quad " : ".long ") + with(r.addend) + "\n";
    at += r.size;
    return;
  case GoRelocation::TlsLocal:
    if (r.size != 4 || !target_.gAddress)
      break;
    text_ += ".long " + std::to_string(target_.gAddress) + "\n";
    at += 4;
    return;
  case GoRelocation::CallArm64:
    return instruction(comesBack(*node.symbol, r) ? "R_AARCH64_CALL26" : "R_AARCH64_JUMP26");
  case GoRelocation::AddressArm64:
  case GoRelocation::PcRelativeArm64:
  case GoRelocation::LoadStore8:
  case GoRelocation::LoadStore16:
  case GoRelocation::LoadStore32:
  case GoRelocation::LoadStore64: {
    if (r.size != 8)
      break;
    const char* second = r.type == unsigned(GoRelocation::LoadStore8)    ? "R_AARCH64_LDST8_ABS_LO12_NC"
                         : r.type == unsigned(GoRelocation::LoadStore16) ? "R_AARCH64_LDST16_ABS_LO12_NC"
                         : r.type == unsigned(GoRelocation::LoadStore32) ? "R_AARCH64_LDST32_ABS_LO12_NC"
                         : r.type == unsigned(GoRelocation::LoadStore64) ? "R_AARCH64_LDST64_ABS_LO12_NC"
                                                                         : "R_AARCH64_ADD_ABS_LO12_NC";
    instruction("R_AARCH64_ADR_PREL_PG_HI21");
    instruction(second);
    return;
  }
  }
  problem("not supported yet: relocation " + std::to_string(r.type) + " in assembly (" + node.symbol->name.str() + ", package " + node.package.str() + ")");
}

void Translator::define(Node& node) {
  const GoObject::Symbol& symbol = *node.symbol;
  bool isRelocated = llvm::any_of(node.edges, [](const Edge& e) { return e.relocation->size != 0; });
  uint64_t align = std::max<uint64_t>(symbol.align, node.isText() ? codeAlignment : target_.pointerBytes);
  if (!node.isText() && symbol.align == 0)
    while (align < largestAlignment && align * 2 <= symbol.size)
      align *= 2;
  // Code has a section of its own name: the runtime tells by its bounds that a fault happened in assembly. Read-only data with addresses is relocated when the program starts.
  StringRef section = node.isText()                                                 ? "stoat_assembly,\"ax\",@progbits"
                      : symbol.kind == GoObject::Kind::Zero                         ? ".bss,\"aw\",@nobits"
                      : symbol.kind == GoObject::Kind::Data                         ? ".data,\"aw\",@progbits"
                      : isRelocated                                                 ? ".data.rel.ro,\"aw\",@progbits"
                                                                                    : ".rodata,\"a\",@progbits";
  if (node.isGlobal)
    text_ += (symbol.mayRepeat ? ".weak " : ".globl ") + node.label + "\n";
  beginSymbol(text_, section, node.label, align, node.isText());
  size_t at = 0;
  for (const Edge& edge : node.edges) {
    if (edge.relocation->size == 0)
      continue;
    if (edge.relocation->offset < at) {
      problem("damaged object of Go's assembler: " + symbol.name.str());
      return;
    }
    bytes(node, at, edge.relocation->offset);
    at = edge.relocation->offset;
    field(node, edge, at);
  }
  bytes(node, at, symbol.size);
  endSymbol(text_, node.label);
}

void Translator::entry(const Node& node) {
  std::string label = quoted(node.symbol->name + assemblyEntry), number = std::to_string(sections_);
  text_ += ".globl " + label + "\n";
  beginSymbol(text_, ".text,\"ax\",@progbits", label, codeAlignment, true);
  std::string check = target_.stackCheck(node.stack + stackReserve, target_.enterArgumentBytes, true);
  for (size_t at; (at = check.find("${:uid}")) != std::string::npos;)
    check.replace(at, 7, "_" + number);
  text_ += check + target_.enterAssembly(node.label);
  endSymbol(text_, label);
}

std::string Translator::translate(llvm::ArrayRef<AssemblyObject> inputs) {
  resolve(inputs);
  std::vector<Node*> addressTaken, wanted;
  for (Node& node : nodes_)
    for (const Edge& edge : node.edges)
      if (edge.target && edge.target->isText() && !isCall(*edge.relocation))
        addressTaken.push_back(edge.target);
  for (Node* node : addressTaken)
    indirectStack_ = std::max(indirectStack_, stackOf(*node, false));
  for (Node& node : nodes_)
    node.state = Node::Unknown;
  for (Node& node : nodes_)
    if (node.isText())
      stackOf(node, true);

  // Tables for gc's runtime are no symbols that anyone names: they stay behind.
  llvm::DenseSet<Node*> seen;
  for (Node& node : nodes_)
    if (node.isGlobal) {
      seen.insert(&node);
      wanted.push_back(&node);
    }
  for (size_t i = 0; i < wanted.size(); ++i) {
    define(*wanted[i]);
    if (wanted[i]->isGlobal && wanted[i]->isText())
      entry(*wanted[i]);
    for (const Edge& edge : wanted[i]->edges)
      if (edge.target && seen.insert(edge.target).second)
        wanted.push_back(edge.target);
  }
  return text_ + stubs_;
}

} // namespace

bool emitAssembly(llvm::ArrayRef<AssemblyObject> inputs, const llvm::StringSet<>& thunks, llvm::StringRef goarch, llvm::SmallVectorImpl<char>& object,
                  llvm::StringMap<std::string>& callers, std::string& error) {
  const Target* target = targetFor(goarch);
  if (!target) {
    error = "unsupported GOARCH " + goarch.str();
    return false;
  }
  Translator translator(*target, thunks, callers);
  std::string text = translator.translate(inputs);
  error = translator.problems();
  if (!error.empty())
    return false;
  llvm::LLVMContext context;
  llvm::Module module("assembly", context);
  setTarget(module, *target);
  module.setModuleInlineAsm(text);
  EmitOptions options;
  options.goarch = goarch.str();
  options.optimize = false;
  return emitObject(module, options, object, error);
}

} // namespace stoat
