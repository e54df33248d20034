// The whole program of one target: functions of all files merged by symbol, calls resolved.
#pragma once
#include "facts.h"
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace stoat::rtcheck {

struct Edge {
  int callee;
  Position at;
  unsigned argumentBytes;
  bool switches, later;
};

using Binding = std::map<std::string, std::set<std::string>>; // number of a parameter -> functions

struct Node {
  Function function;
  std::set<std::string> objects; // that contain the function or have it inlined
  std::vector<Edge> edges;
  bool isSignalHandler = false;
  int origin = -1;               // of an instance for certain functions as arguments: the node for all
  Binding binding;
};

// What functions outside of the runtime need and do (runtime/abi/externals.def).
struct External {
  int stackBytes; // -1: more than a goroutine has
  bool blocks;
};
const External* findExternal(const std::string& symbol);

struct Problem {
  Position at;
  std::string rule, text;
  bool operator<(const Problem& other) const {
    return std::tie(at.file, at.line, rule, text) < std::tie(other.at.file, other.at.line, other.rule, other.text);
  }
};

class Program {
public:
  // target: 0 amd64, 1 arm64, 2 386
  Program(std::vector<Unit> units, int target);

  int find(const std::string& id) const {
    auto it = index_.find(id);
    return it == index_.end() ? -1 : it->second;
  }
  // Of a trusted exception of this rule, or null; notes that it was needed.
  const Trust* trusted(int node, const std::string& rule);

  std::vector<Node> nodes;
  std::set<std::string> calledInSource; // symbols
  std::vector<Problem> unresolved; // calls of which nothing is known
  const int target;
  std::set<std::pair<int, std::string>> usedTrust;

private:
  void merge(std::vector<Unit>& units);
  void applyEntryTable();
  void resolve(std::vector<Unit>& units);
  int instance(int function, const Binding& binding);
  void link(const std::function<std::set<std::string>(const Value&)>& contents);
  static constexpr size_t maxInstances = 20000;
  std::map<std::string, int> index_;
  std::map<std::pair<int, Binding>, int> instances_;
  std::set<std::string> assigned_; // slots that get something otherwise than as an argument
};

// "f -> g -> h"
std::string pathText(const Program& program, const std::vector<int>& path);

} // namespace stoat::rtcheck
