#include "emit/init_order.h"
#include <map>
#include <set>

namespace stoat {

namespace {

class Order {
public:
  explicit Order(const std::vector<InitPackage>& packages) : packages_(packages), done_(packages.size()) {
    for (size_t i = 0; i < packages.size(); ++i)
      index_[packages[i].path] = i;
  }

  // Appends everything that `root` reaches and that is not done.
  void append(const std::string& root) {
    auto found = index_.find(root);
    if (found == index_.end())
      return;
    std::set<size_t> reached;
    std::vector<size_t> pending = {found->second};
    while (!pending.empty()) {
      size_t package = pending.back();
      pending.pop_back();
      if (done_[package] || !reached.insert(package).second)
        continue;
      for (const std::string& path : packages_[package].imports)
        if (auto imported = index_.find(path); imported != index_.end())
          pending.push_back(imported->second);
    }
    // Ready packages by path; a package becomes ready when its last import is done.
    std::vector<unsigned> missing(packages_.size());
    std::vector<std::vector<size_t>> importers(packages_.size());
    std::map<std::string, size_t> ready;
    for (size_t package : reached) {
      std::set<std::string> distinct(packages_[package].imports.begin(), packages_[package].imports.end());
      for (const std::string& path : distinct)
        if (auto imported = index_.find(path); imported != index_.end() && reached.count(imported->second) && imported->second != package) {
          ++missing[package];
          importers[imported->second].push_back(package);
        }
      if (missing[package] == 0)
        ready[packages_[package].path] = package;
    }
    while (!ready.empty()) {
      size_t package = ready.begin()->second;
      ready.erase(ready.begin());
      done_[package] = true;
      order.push_back(package);
      for (size_t importer : importers[package])
        if (--missing[importer] == 0)
          ready[packages_[importer].path] = importer;
    }
  }

  std::vector<size_t> order;

private:
  const std::vector<InitPackage>& packages_;
  std::vector<bool> done_;
  std::map<std::string, size_t> index_;
};

} // namespace

std::vector<size_t> initOrder(const std::vector<InitPackage>& packages, const std::string& mainPath, size_t& runtimeCount) {
  Order order(packages);
  order.append("runtime");
  runtimeCount = order.order.size();
  order.append(mainPath);
  return order.order;
}

} // namespace stoat
