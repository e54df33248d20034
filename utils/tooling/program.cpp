// Merging and resolution. A slot's contents are a least fixed point over all flows of the program; `Any` is every function of the type whose address is taken somewhere.
// A function without a body that gets function pointers is taken to call them; whether there or on the system stack its annotations say. A function with a body that gets
// some has one instance for each set of them, so that one caller's callback is not taken for another's.
#include "program.h"
#include "runtime/abi/stack_limits.h"

namespace stoat::rtcheck {

namespace {
enum class EntryClass { Leaf, Fast, System, Blocking };
struct Entry {
  const char* name;
  EntryClass kind;
};
constexpr EntryClass LEAF = EntryClass::Leaf, FAST = EntryClass::Fast, SYSTEM = EntryClass::System, BLOCKING = EntryClass::Blocking;
const Entry entries[] = {
#define ENTRY(kind, name, ...) {#name, kind},
#include "runtime/abi/entry_points.def"
#undef ENTRY
};

const std::map<std::string, External>& externals() {
  static const std::map<std::string, External> table = {
#define EXTERNAL(name, bytes, blocks) {#name, {bytes, blocks}},
#include "runtime/abi/externals.def"
#undef EXTERNAL
  };
  return table;
}

// Of a stub's frame (runtime/sys/<arch>/entry_stubs.S), its return address included on x86. On 386 the copied arguments come on top: at most eight words, aligned.
constexpr int stubBytes[3] = {168, 208, 96};
constexpr int leafBudget = STOAT_STACK_LEAF_NATIVE, blockingBytes = STOAT_STACK_BLOCKING;
} // namespace

const External* findExternal(const std::string& symbol) {
  static const External atomics = {0, false};
  if (symbol.starts_with("__aarch64_")) // atomics out of line: leaves without a frame
    return &atomics;
  auto it = externals().find(symbol);
  return it == externals().end() ? nullptr : &it->second;
}

Program::Program(std::vector<Unit> units, int target) : target(target) {
  merge(units);
  applyEntryTable();
  resolve(units);
}

const Trust* Program::trusted(int node, const std::string& rule) {
  for (const Trust& trust : nodes[node].function.annotations.trusted)
    if (trust.rule == rule) {
      usedTrust.insert({node, rule});
      return &trust;
    }
  return nullptr;
}

void Program::merge(std::vector<Unit>& units) {
  for (Unit& unit : units)
    for (Function& function : unit.functions) {
      auto [it, fresh] = index_.insert({function.id, int(nodes.size())});
      if (fresh)
        nodes.emplace_back().function = function;
      Node& node = nodes[it->second];
      if (function.defined)
        node.objects.insert(unit.object);
      if (fresh)
        continue;
      Annotations before = node.function.annotations;
      if (function.defined && !node.function.defined)
        node.function = function;
      // Another file's declaration may say more.
      Annotations& a = node.function.annotations;
      a = before;
      const Annotations& b = function.annotations;
      a.marks |= b.marks;
      a.goroutineBudget = std::max(a.goroutineBudget, b.goroutineBudget);
      a.recursion = std::max(a.recursion, b.recursion);
      for (int i = 0; i < 3; ++i)
        a.frame[i] = std::max(a.frame[i], b.frame[i]);
      for (const Trust& trust : b.trusted) {
        bool there = false;
        for (const Trust& old : a.trusted)
          there |= old.rule == trust.rule;
        if (!there)
          a.trusted.push_back(trust);
      }
    }
}

void Program::applyEntryTable() {
  auto budget = [&](const std::string& symbol, int bytes) {
    int node = find(symbol);
    if (node >= 0 && nodes[node].function.annotations.goroutineBudget < 0)
      nodes[node].function.annotations.goroutineBudget = bytes;
  };
  for (const Entry& entry : entries) {
    std::string name = entry.name, body = name + "_impl";
    if (entry.kind == EntryClass::Leaf || entry.kind == EntryClass::Fast) {
      int node = find(name);
      if (node >= 0 && nodes[node].function.defined)
        budget(name, leafBudget);
      continue;
    }
    int stub = find(name), implementation = find(body);
    if (stub >= 0 && !nodes[stub].function.defined && nodes[stub].function.annotations.frame[0] < 0)
      std::copy(stubBytes, stubBytes + 3, nodes[stub].function.annotations.frame);
    if (implementation < 0)
      continue;
    if (entry.kind == EntryClass::Blocking)
      budget(body, blockingBytes - stubBytes[target]);
  }
  // C++ under Go's symbols, in place of Go's assembly: as LEAF.
  for (Node& node : nodes)
    if (node.function.defined && node.function.annotations.goroutineBudget < 0 && node.function.symbol.find('.') != std::string::npos && node.function.external)
      node.function.annotations.goroutineBudget = leafBudget;
}

void Program::resolve(std::vector<Unit>& units) {
  std::map<std::string, std::set<std::string>> byType; // functions whose address is taken
  std::map<std::string, std::set<std::string>> flowsTo; // slot -> slots that get its contents
  std::map<std::string, std::set<std::string>> contents;
  std::vector<std::string> work;
  for (Unit& unit : units)
    for (auto& [function, type] : unit.addressTaken)
      byType[type].insert(function);
  auto put = [&](const std::string& slot, const std::string& function) {
    if (contents[slot].insert(function).second)
      work.push_back(slot);
  };
  auto connect = [&](const std::string& slot, const Value& value) {
    if (value.kind == Value::Function)
      put(slot, value.name);
    else if (value.kind == Value::Any)
      for (const std::string& function : byType[value.name])
        put(slot, function);
    else if (flowsTo[value.name].insert(slot).second)
      for (const std::string& function : std::set<std::string>(contents[value.name]))
        put(slot, function);
  };
  auto targets = [&](const Value& value) -> std::set<std::string> {
    if (value.kind == Value::Function)
      return {value.name};
    return value.kind == Value::Slot ? contents[value.name] : byType[value.name];
  };
  for (Unit& unit : units)
    for (Flow& flow : unit.flows) {
      connect(flow.slot, flow.value);
      if (!flow.isArgument)
        assigned_.insert(flow.slot);
    }
  for (bool changed = true; changed;) {
    changed = false;
    while (!work.empty()) {
      std::string slot = work.back();
      work.pop_back();
      for (const std::string& next : std::set<std::string>(flowsTo[slot]))
        for (const std::string& function : std::set<std::string>(contents[slot]))
          put(next, function);
    }
    for (Node& node : nodes)
      for (Call& call : node.function.calls)
        if (call.callee.kind != Value::Function)
          for (const Flow& argument : call.arguments)
            for (const std::string& function : targets(call.callee))
              connect(function + "#" + argument.slot, argument.value);
    changed = !work.empty();
  }

  link(targets);
  for (auto& [slot, functions] : contents)
    if (slot.size() > 10 && (slot.ends_with("::sa_sigaction") || slot.ends_with("::sa_handler")))
      for (const std::string& function : functions)
        if (int node = find(function); node >= 0)
          nodes[node].isSignalHandler = true;
}

int Program::instance(int function, const Binding& binding) {
  if (binding.empty() || !nodes[function].function.defined || instances_.size() > maxInstances)
    return function;
  auto [it, fresh] = instances_.insert({{function, binding}, int(nodes.size())});
  if (fresh) {
    Node copy = nodes[function];
    copy.origin = function;
    copy.edges.clear();
    copy.binding = binding;
    nodes.push_back(std::move(copy));
  }
  return it->second;
}

// The graph's edges. A call that passes functions calls an instance of its callee in which these parameters are these functions.
void Program::link(const std::function<std::set<std::string>(const Value&)>& contents) {
  for (size_t i = 0; i < nodes.size(); ++i) { // grows
    std::set<std::tuple<int, bool, bool>> seen;
    const Function self = nodes[i].function;
    const Binding binding = nodes[i].binding;
    const bool switching = self.annotations.marks & SwitchesStack;
    auto targets = [&](const Value& value) {
      if (value.kind == Value::Slot && value.name.starts_with(self.id + "#") && !assigned_.count(value.name)) {
        auto bound = binding.find(value.name.substr(self.id.size() + 1));
        if (bound != binding.end())
          return bound->second;
      }
      return contents(value);
    };
    auto connect = [&](int callee, const Call& call, bool switches, bool later) {
      calledInSource.insert(nodes[callee].function.symbol);
      if (seen.insert({callee, switches, later}).second)
        nodes[i].edges.push_back({callee, call.at, call.argumentBytes, switches, later});
    };
    for (const Call& call : self.calls) {
      std::set<std::string> found = targets(call.callee);
      if (found.empty() && nodes[i].origin < 0)
        unresolved.push_back({call.at, "call", self.name + ": call through a pointer that nothing is assigned to (" + (call.callee.kind == Value::Slot ? call.callee.name : call.type) + ")"});
      Binding passed;
      for (const Flow& argument : call.arguments)
        for (const std::string& each : targets(argument.value))
          passed[argument.slot].insert(each);
      for (const std::string& id : found) {
        int callee = find(id);
        if (callee < 0)
          continue;
        const Function target = nodes[callee].function;
        // Of a function that switches, what runs on the other stack: the callable it was given, and what says that it needs that stack.
        bool switched = switching && (target.name.find("lambda:") != std::string::npos || (target.annotations.marks & SystemStack));
        connect(instance(callee, passed), call, switched, false);
        if (!target.defined)
          for (auto& [parameter, functions] : passed)
            for (const std::string& each : functions)
              if (int node = find(each); node >= 0)
                connect(node, call, target.annotations.marks & SwitchesStack, target.symbol == "pthread_create");
      }
    }
  }
}

std::string pathText(const Program& program, const std::vector<int>& path) {
  std::string text;
  for (int node : path)
    text += (text.empty() ? "" : " -> ") + program.nodes[node].function.name;
  return text;
}

} // namespace stoat::rtcheck
