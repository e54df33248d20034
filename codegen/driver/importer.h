// Imports of one compilation: importcfg -> archive -> export data.
#pragma once
#include "check/check.h"
#include "compile_options.h"
#include "mir/export.h"
#include "llvm/Support/MemoryBuffer.h"
#include <memory>

namespace stoat::driver {

class ArchiveImporter final : public Importer {
public:
  ArchiveImporter(const ImportConfig& config, const CompileOptions& options, mir::ImportedPackages& packages)
      : config_(config), options_(options), packages_(packages) {}
  Package* importPackage(llvm::StringRef path, std::string& error) override;

private:
  const ImportConfig& config_;
  const CompileOptions& options_;
  mir::ImportedPackages& packages_;
  std::vector<std::unique_ptr<llvm::MemoryBuffer>> buffers_; // export data is read lazily: archives stay mapped
};

} // namespace stoat::driver
