// Order of package initialisation (Go 1.21 and later): packages sorted by import path; repeatedly the first whose imports are all initialised.
// Package runtime and what it imports come before everything else.
#pragma once
#include <string>
#include <vector>

namespace stoat {

struct InitPackage {
  std::string path;
  std::vector<std::string> imports; // paths that are not in the list are ignored
};

// Indices into packages; `runtimeCount` of them, the first ones, belong to runtime and what it imports. Packages that main does not reach are left out.
std::vector<size_t> initOrder(const std::vector<InitPackage>& packages, const std::string& mainPath, size_t& runtimeCount);

} // namespace stoat
