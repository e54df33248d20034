// The layout of embed.FS is embed's own: struct { files *[]file }, file { name string; data string; hash [16]byte }, sorted by
// directory, then element; directories are entries whose name ends in "/".
#include "embed.h"
#include "base/text.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include <algorithm>
#include <map>
#include <set>

namespace stoat::driver {
namespace {

struct EmbedConfig {
  std::map<std::string, std::vector<std::string>> patterns;
  std::map<std::string, std::string> files; // name in the program -> path
};

bool readConfig(const std::string& file, EmbedConfig& config, std::string& error) {
  auto text = llvm::MemoryBuffer::getFile(file);
  if (!text) {
    error = "open " + file + ": " + systemErrorText(text.getError().value());
    return false;
  }
  llvm::Expected<llvm::json::Value> json = llvm::json::parse((*text)->getBuffer());
  const llvm::json::Object* root = json ? json->getAsObject() : nullptr;
  if (!root) {
    if (!json) llvm::consumeError(json.takeError());
    error = file + ": malformed -embedcfg";
    return false;
  }
  if (const auto* patterns = root->getObject("Patterns"))
    for (const auto& [pattern, list] : *patterns)
      if (const auto* names = list.getAsArray())
        for (const auto& name : *names)
          if (auto s = name.getAsString()) config.patterns[pattern.str()].push_back(s->str());
  if (const auto* files = root->getObject("Files"))
    for (const auto& [name, path] : *files)
      if (auto s = path.getAsString()) config.files[name.str()] = s->str();
  return true;
}

mir::StaticValue* make(mir::StaticValue::Kind kind, Type* type) {
  auto* v = mir::mirArena().make<mir::StaticValue>();
  v->kind = kind;
  v->type = type;
  return v;
}
mir::StaticValue* text(llvm::StringRef bytes, Type* type) {
  auto* v = make(mir::StaticValue::Const, type);
  v->constant = ConstValue::makeString(bytes);
  return v;
}

/// Sort key of embed.FS: (directory, element), trailing slash ignored.
std::pair<std::string, std::string> sortKey(llvm::StringRef name) {
  name.consume_back("/");
  auto [dir, elem] = name.rsplit('/');
  if (elem.empty() && dir.size() == name.size()) return {".", name.str()};
  return {dir.str(), elem.str()};
}

} // namespace

void embedFiles(const CheckedPackage& package, const std::string& embedcfg, mir::Module& module, DiagEngine& diag) {
  EmbedConfig config;
  bool loaded = false;
  auto contents = [&](const std::string& name, Pos pos, std::string& out) {
    auto it = config.files.find(name);
    auto buffer = it == config.files.end() ? llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>>(std::make_error_code(std::errc::no_such_file_or_directory)) : llvm::MemoryBuffer::getFile(it->second);
    if (!buffer) {
      diag.report(pos, DiagKind::Syntax, "embed " + name + ": " + systemErrorText(buffer.getError().value()));
      return false;
    }
    out = (*buffer)->getBuffer().str();
    return true;
  };

  for (SourceFile* file : package.files)
    for (Decl* decl : file->decls) {
      auto* vd = llvm::dyn_cast<VarDecl>(decl);
      if (!vd || !vd->pragma || vd->pragma->embeds.empty()) continue;
      auto* var = llvm::dyn_cast_or_null<Var>(vd->names[0]->object);
      if (!var || !var->type) continue;
      Pos pos = vd->pragma->embeds[0].pos;
      if (!loaded) {
        std::string error = embedcfg.empty() ? "invalid go:embed: build system did not supply embed configuration" : "";
        if (!error.empty() || !readConfig(embedcfg, config, error)) return diag.report(pos, DiagKind::Syntax, error);
        loaded = true;
      }
      std::set<std::string> names;
      for (const EmbedPattern& p : vd->pragma->embeds) {
        auto it = config.patterns.find(p.pattern);
        if (it == config.patterns.end()) { diag.report(p.pos, DiagKind::Syntax, "invalid go:embed: build system did not map pattern: " + p.pattern); continue; }
        names.insert(it->second.begin(), it->second.end());
      }
      mir::StaticValue* value = nullptr;
      Type* type = var->type;
      auto* structure = under<StructTypeT>(type);
      if (!structure) {
        if (names.size() != 1) { diag.report(pos, DiagKind::Syntax, "invalid go:embed: multiple files for type " + typeString(type)); continue; }
        std::string bytes;
        if (!contents(*names.begin(), pos, bytes)) continue;
        if (under<SliceTypeT>(type)) {
          value = make(mir::StaticValue::Slice, type);
          value->constant = ConstValue::makeString(bytes);
          value->length = static_cast<int64_t>(bytes.size());
        } else {
          value = text(bytes, type);
        }
      } else {
        std::vector<std::string> list;
        std::set<std::string> all = names;
        for (const std::string& n : names)
          for (size_t slash = n.rfind('/'); slash != std::string::npos && slash > 0; slash = n.rfind('/', slash - 1)) all.insert(n.substr(0, slash + 1));
        list.assign(all.begin(), all.end());
        std::sort(list.begin(), list.end(), [](const std::string& a, const std::string& b) { return sortKey(a) < sortKey(b); });
        auto* pointer = under<PointerType>(structure->fields[0]->type);
        auto* slice = pointer ? under<SliceTypeT>(pointer->elem) : nullptr;
        auto* entry = slice ? under<StructTypeT>(slice->elem) : nullptr;
        if (!entry) { diag.report(pos, DiagKind::Syntax, "go:embed cannot apply to var of type " + typeString(type)); continue; }
        auto* entries = make(mir::StaticValue::Slice, pointer->elem);
        entries->length = static_cast<int64_t>(list.size());
        for (size_t i = 0; i < list.size(); i++) {
          auto* e = make(mir::StaticValue::Aggregate, slice->elem);
          e->elems.push_back({0, text(list[i], entry->fields[0]->type)});
          if (list[i].back() != '/') {
            std::string bytes;
            if (!contents(list[i], pos, bytes)) break;
            e->elems.push_back({1, text(bytes, entry->fields[1]->type)});
          }
          entries->elems.push_back({static_cast<int64_t>(i), e});
        }
        auto* address = make(mir::StaticValue::AddrOfStatic, structure->fields[0]->type);
        address->pointee = entries;
        value = make(mir::StaticValue::Aggregate, type);
        value->elems.push_back({0, address});
      }
      for (mir::GlobalVar& g : module.globals)
        if (g.var == var) g.init = value;
    }
}

} // namespace stoat::driver
