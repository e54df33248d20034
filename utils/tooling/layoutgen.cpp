// layoutgen OUTPUT HEADER...: for each target, where the fields of the runtime's structures lie, as its compiler sees them. Structures annotated STOAT_LAYOUT(name) in
// the headers give, for each field, an offset, for each array its number of elements, and their size (NAME_BYTES); of others, fields with the annotation give theirs:
//
//   OUTPUT/{amd64,arm64,386}/asm_layout.h   for assembly:  #define STOAT_NAME_FIELD_NAME 8
//   OUTPUT/target_layout.h                  for codegen:   struct TargetLayout { int nameFieldName; ... }, one constant for each target
//   OUTPUT/layout.d                         the headers that were read, for the build
//
// Fields that are structures themselves give their fields too (NAME_FIELD_INNER). A file that would not change is not written.
#include "parse.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/ADT/StringExtras.h"

using namespace clang;

namespace {

struct Number {
  std::string path; // nameFieldInner
  int64_t value;
  std::string comment;
};

std::string withCapital(llvm::StringRef text) {
  std::string result = text.rtrim('_').str();
  if (!result.empty())
    result[0] = llvm::toUpper(result[0]);
  return result;
}

// stackLimit -> STACK_LIMIT
std::string upperSnake(llvm::StringRef text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (i > 0 && llvm::isUpper(text[i]) && !llvm::isUpper(text[i - 1]))
      result += '_';
    result += llvm::toUpper(text[i]);
  }
  return result;
}

class LayoutReader : public RecursiveASTVisitor<LayoutReader> {
public:
  LayoutReader(ASTContext& context, std::vector<Number>& out) : context_(context), out_(out) {}

  bool VisitFieldDecl(FieldDecl* field) {
    if (std::string name = layoutName(field); !name.empty() && !field->getParent()->isDependentContext())
      addField(name, field, 0);
    return true;
  }
  bool VisitCXXRecordDecl(CXXRecordDecl* record) {
    if (!record->isThisDeclarationADefinition() || record->isDependentContext())
      return true;
    if (std::string name = layoutName(record); !name.empty()) {
      add(name, record, 0);
      out_.push_back({name + "Bytes", context_.getTypeSizeInChars(context_.getCanonicalTagType(record)).getQuantity(), record->getNameAsString()});
    }
    return true;
  }

private:
  static std::string layoutName(const Decl* declaration) {
    for (const AnnotateAttr* attribute : declaration->specific_attrs<AnnotateAttr>())
      if (attribute->getAnnotation() == "stoat:layout" && attribute->args_size() == 1)
        if (const StringLiteral* name = dyn_cast<StringLiteral>((*attribute->args_begin())->IgnoreParenImpCasts()))
          return name->getString().str();
    return "";
  }

  void add(const std::string& prefix, const RecordDecl* record, int64_t base) {
    for (const FieldDecl* field : record->fields())
      addField(prefix, field, base);
  }

  void addField(const std::string& prefix, const FieldDecl* field, int64_t base) {
    if (field->isBitField() || field->getName().empty())
      return;
    const RecordDecl* record = field->getParent();
    int64_t offset = base + context_.toCharUnitsFromBits(context_.getASTRecordLayout(record).getFieldOffset(field->getFieldIndex())).getQuantity();
    std::string path = prefix + withCapital(field->getName());
    out_.push_back({path, offset, record->getNameAsString() + "::" + field->getNameAsString()});
    QualType type = field->getType();
    if (const ConstantArrayType* array = context_.getAsConstantArrayType(type))
      out_.push_back({path + "Count", int64_t(array->getSize().getZExtValue()), ""});
    const RecordDecl* inner = type->getAsRecordDecl();
    inner = inner ? inner->getDefinition() : nullptr;
    if (inner && !inner->isUnion() && !isa<ClassTemplateSpecializationDecl>(inner))
      add(path, inner, offset);
  }

  ASTContext& context_;
  std::vector<Number>& out_;
};

bool writeIfChanged(const std::string& path, const std::string& text) {
  auto old = llvm::MemoryBuffer::getFile(path);
  if (old && (*old)->getBuffer() == text)
    return true;
  std::error_code error;
  llvm::raw_fd_ostream out(path, error);
  if (error) {
    llvm::errs() << path << ": " << error.message() << '\n';
    return false;
  }
  out << text;
  return true;
}

struct TargetName {
  const char *name, *triple, *constant;
};
constexpr TargetName goarches[] = {{"amd64", "x86_64-linux-gnu", "layoutAmd64"}, {"arm64", "aarch64-linux-gnu", "layoutArm64"}, {"386", "i686-linux-gnu", "layout386"}};

} // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    llvm::errs() << "usage: layoutgen OUTPUT HEADER...\n";
    return 2;
  }
  std::string output = argv[1], source = output + "/layout_headers.cpp", includes;
  for (int i = 2; i < argc; ++i)
    includes += "#include \"" + std::string(argv[i]) + "\"\n";
  if (std::error_code error = llvm::sys::fs::create_directories(output)) {
    llvm::errs() << output << ": " << error.message() << '\n';
    return 1;
  }
  if (!writeIfChanged(source, includes))
    return 1;

  std::vector<Number> numbers[3];
  std::set<std::string> files;
  for (int i = 0; i < 3; ++i) {
    stoat::tooling::Command command;
    command.file = source;
    command.arguments = {"clang++-22", std::string("--target=") + goarches[i].triple, "-std=c++20", "-msse2", "-I.", source};
    if (i == 1)
      command.arguments.erase(command.arguments.begin() + 3);
    bool parsed = stoat::tooling::parse(command, [&](CompilerInstance& instance, ASTContext& context) {
      LayoutReader(context, numbers[i]).TraverseDecl(context.getTranslationUnitDecl());
      SourceManager& sources = instance.getSourceManager();
      for (auto it = sources.fileinfo_begin(); it != sources.fileinfo_end(); ++it) {
        llvm::SmallString<128> path(it->first.getName());
        llvm::sys::fs::make_absolute(path);
        llvm::sys::path::remove_dots(path, true);
        files.insert(path.str().str());
      }
    });
    if (!parsed)
      return 1;
  }
  for (int i = 1; i < 3; ++i)
    for (size_t k = 0; k < std::max(numbers[0].size(), numbers[i].size()); ++k)
      if (k >= numbers[0].size() || k >= numbers[i].size() || numbers[0][k].path != numbers[i][k].path) {
        llvm::errs() << "layoutgen: the structures of " << goarches[0].name << " and " << goarches[i].name << " have not the same fields, from "
                     << (k < numbers[0].size() ? numbers[0][k].path : numbers[i][k].path) << " on\n";
        return 1;
      }

  const std::string origin = "// Generated by layoutgen from the runtime's headers.\n#pragma once\n";
  for (int i = 0; i < 3; ++i) {
    std::string text = origin;
    for (const Number& number : numbers[i])
      text += "#define STOAT_" + upperSnake(number.path) + " " + std::to_string(number.value) + (number.comment.empty() ? "" : " // " + number.comment) + "\n";
    std::string directory = output + "/" + goarches[i].name;
    if (llvm::sys::fs::create_directories(directory) || !writeIfChanged(directory + "/asm_layout.h", text))
      return 1;
  }
  std::string text = origin + "\nnamespace stoat {\n\n// Offsets in bytes; ...Bytes and ...Count: of the structure, of an array's elements.\nstruct TargetLayout {\n";
  for (const Number& number : numbers[0])
    text += "  int " + number.path + ";" + (number.comment.empty() ? "" : " // " + number.comment) + "\n";
  text += "};\n";
  for (int i = 0; i < 3; ++i) {
    text += std::string("\ninline constexpr TargetLayout ") + goarches[i].constant + " = {\n";
    for (const Number& number : numbers[i])
      text += "    ." + number.path + " = " + std::to_string(number.value) + ",\n";
    text += "};\n";
  }
  if (!writeIfChanged(output + "/target_layout.h", text + "\n} // namespace stoat\n"))
    return 1;
  // The stamp is always new: it is what the build compares with the headers' times.
  std::string dependencies = output + "/layout.stamp:";
  for (const std::string& file : files)
    if (!llvm::StringRef(file).ends_with("layout_headers.cpp"))
      dependencies += " \\\n  " + file;
  if (!writeIfChanged(output + "/layout.d", dependencies + "\n"))
    return 1;
  std::error_code error;
  llvm::raw_fd_ostream(output + "/layout.stamp", error) << '\n';
  return error ? 1 : 0;
}
