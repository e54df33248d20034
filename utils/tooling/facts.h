// What rtcheck knows of one translation unit: functions with their annotations and calls, flows of function pointers, stores of heap pointers.
// Plain data; made by collect.cpp, merged by program.cpp.
#pragma once
#include <string>
#include <vector>

namespace stoat::rtcheck {

struct Position {
  std::string file; // relative to the repository
  unsigned line = 0;
};

// What a function pointer may be: a function by id; whatever a slot (variable, field, parameter, result) holds; or, from an integer or a place that is
// not followed, any function of that type whose address is taken somewhere.
struct Value {
  enum Kind { Function, Slot, Any } kind;
  std::string name; // id, slot, or type
};

struct Flow {
  std::string slot;
  Value value;
  bool isArgument = false; // put there by a call of the function whose parameter the slot is
};

struct Call {
  Value callee;
  std::string type;                 // of the function, for Slot and Any
  Position at;
  unsigned argumentBytes = 0;       // what the caller pushes where arguments go on the stack (386)
  bool switches = false;            // the callee runs on the system stack
  bool later = false;               // the callee runs on a new thread
  std::vector<Flow> arguments;      // function pointers that are passed: slot is the parameter's number
};

enum Mark : unsigned {
  SystemStack = 1,
  SwitchesStack = 2,
  NoBarrier = 4,
  NoAllocation = 8,
  SignalSafe = 16,
  Barrier = 32,
  Allocates = 64,
  Blocks = 128,
  Stores = 256,
};

struct Trust {
  std::string rule, reason;
};

struct Annotations {
  unsigned marks = 0;
  int goroutineBudget = -1;   // a root of the stack rule: bytes it may need
  int frame[3] = {-1, -1, -1}; // assembly: bytes below the caller's sp, amd64, arm64, 386
  int recursion = 0;          // how deep it may call itself
  std::vector<Trust> trusted;
};

struct HeapStore {
  Position at;
  std::string text;
};

struct Function {
  std::string id;     // symbol; for what only one file sees, with the file
  std::string name;   // for people
  std::string symbol; // in the object
  Position at;
  bool defined = false;
  bool external = false;      // has the linkage of other files
  Annotations annotations;
  std::vector<Call> calls;
  std::vector<HeapStore> heapStores;
};

struct Unit {
  std::string object;
  std::vector<Function> functions;
  std::vector<Flow> flows;
  std::vector<HeapStore> trustedCalls; // place and text of the exceptions
  std::vector<std::pair<std::string, std::string>> addressTaken; // function, its type
};

} // namespace stoat::rtcheck
