// The graph of locations that escape analysis solves (escape.cpp). A location is anything that can hold a pointer: a local, a captured value, what an
// allocation makes, the heap as a whole, what the deferred calls of a function hold. An edge `to <- from, d` says that the value of `from`, dereferenced d
// times, may flow to `to`; d = -1: the address of `from` flows.
//
// The model, location kinds and dereference counts are those of Go's own analysis (cmd/compile/internal/escape); ours works on MIR. What follows from that:
//  - A variable that needs an address is an object of its own there (a New) and a local that points to it. A local with one definition stands for the object
//    that this definition makes (`objectOf`), so that loads and stores through it are flows to and from that object, not through an unknown pointer.
//  - A store through any other pointer is a flow to the heap.
//  - Fewer dereferences than the true number, and more edges, are always the cautious choice.
#pragma once
#include "opt/escape_types.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"

namespace stoat::mir {

using LocationId = uint32_t;
inline constexpr LocationId heapLocation = 0;
inline constexpr LocationId noLocation = ~0u;

struct FlowEdge {
  LocationId other;
  int derefs;
};

struct Location {
  enum Kind : uint8_t { Heap, Local, Capture, Site, Deferred } kind = Local;
  int function = -1;         // index in FlowGraph::functions
  LocalId local = noLocal;   // Local
  bool isResult = false;     // Local: a result that outlives every object of the functions analysed
  bool escapes = false;      // Site
  bool deferred = false;     // Site: deferred calls of its function use it
  int toHeap = unreached;    // fewest dereferences with which its value flows to the heap
  Instr* instr = nullptr;    // Site
  BlockId block = 0;         // Site: where
  int index = 0;
  llvm::SmallVector<FlowEdge, 2> in, out;
  static constexpr int unreached = 1 << 20;
};

/// Func::leaks of a function none of whose parameters leaks.
std::string noLeaks(const Func* func);

/// One function of the graph: facts about its locals.
struct FlowFunction {
  Function* f = nullptr;
  int outer = -1;                            // index of the enclosing function
  LocationId firstLocal = 0, firstCapture = 0, deferred = 0;
  std::vector<const Instr*> definition;      // of locals with just one, else null
  std::vector<uint8_t> definitions;          // 2: several
  std::vector<uint32_t> uses, callUses;      // how often a local is read; as the function of a call
  std::vector<int> object;                   // memo of objectOf: -2 not asked yet
  std::vector<std::pair<int, const Instr*>> makers; // MakeClosure of this function: index of the function that does it
  bool isCalledOnly = false;                 // a closure all of whose calls are seen
  llvm::BitVector inCycle;                   // blocks
};

/// Functions that are analysed together: a strongly connected component of the call graph, with all closures.
class FlowGraph {
public:
  /// `roots`: outermost functions.
  explicit FlowGraph(llvm::ArrayRef<Function*> roots);

  std::vector<FlowFunction> functions;
  std::vector<Location> locations;

  const Location& at(LocationId id) const { return locations[id]; }
  bool encloses(int outer, int inner) const; // strictly
  /// The allocation whose object `local` points into, if there is but one; -1: unknown.
  int objectOf(int function, LocalId local, unsigned depth = 0);

private:
  static constexpr unsigned maxChase = 32; // definitions followed from a local
  void add(Function* f, int outer);
  void scan(int function);
  void countUses(int function);
  bool escapesAsValue(int function, const Instr& maker);
  void flows(int function);
  void instruction(int function, const Instr& i, BlockId block);
  void call(int function, const Instr& i);
  void callBody(int function, const Instr& i, int callee);
  void callTagged(int function, const Instr& i, const Func* callee);
  void conversion(int function, const Instr& i);
  void load(int function, const Instr& i);
  void store(int function, const Instr& i, BlockId block);
  bool isSelfAssignment(int function, const Instr& i, BlockId block, int derefs) const;

  LocationId addLocation(Location::Kind kind, int function);
  void edge(LocationId to, LocationId from, int derefs);
  void flow(int function, LocalId to, LocationId from, int derefs);
  void flow(int function, LocalId to, const Operand& from, int derefs);
  void leak(int function, const Operand& from, int derefs = 0) { edge(heapLocation, ofOperand(function, from), derefs); }
  LocationId ofLocal(int function, LocalId local) const { return functions[function].firstLocal + static_cast<LocationId>(local); }
  LocationId ofOperand(int function, const Operand& o) const;
  bool tracks(int function, LocalId local) const;
  LocationId site(const Instr& i) const;
  int bodyOf(const FuncRef* ref) const;
  int closureOf(int function, const Operand& value, unsigned depth = 0) const;

  llvm::DenseMap<const Function*, int> indices_;
  llvm::DenseMap<const Func*, int> declared_;
  llvm::DenseMap<const Instr*, LocationId> sites_;
};

} // namespace stoat::mir
