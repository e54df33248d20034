// Errors and recovery, //line bases, lists, and the file level.
#include "syntax/parser_impl.h"
#include "base/text.h"

namespace stoat {

namespace {

constexpr uint64_t maskOf(Token t) { return uint64_t(1) << static_cast<unsigned>(t); }

// Keywords that begin a statement: good places to go on after an error within a function.
constexpr uint64_t statementStarts =
    maskOf(Token::Break) | maskOf(Token::Const) | maskOf(Token::Continue) | maskOf(Token::Defer) |
    maskOf(Token::Fallthrough) | maskOf(Token::For) | maskOf(Token::Go) | maskOf(Token::Goto) | maskOf(Token::If) |
    maskOf(Token::Return) | maskOf(Token::Select) | maskOf(Token::Switch) | maskOf(Token::Type) | maskOf(Token::Var);

std::string tokenWord(Token t) {
  if (t == Token::Comma) return "comma";
  if (t == Token::Semi) return "semicolon or newline";
  return isKeyword(t) ? std::string("keyword ") + tokenText(t) : tokenText(t);
}

/// Splits "text:digits" at the last colon. False: no colon. `ok`: the part after it is a decimal number that fits 64 bits.
bool trailingNumber(llvm::StringRef text, size_t& after, uint64_t& number, bool& ok) {
  size_t colon = text.rfind(':');
  ok = false;
  if (colon == llvm::StringRef::npos) return false;
  after = colon + 1;
  llvm::StringRef digits = text.substr(after);
  ok = !digits.empty() && digits.find_first_not_of("0123456789") == llvm::StringRef::npos &&
       !digits.getAsInteger(10, number);
  return true;
}

constexpr uint64_t maxPosition = 1u << 30;

} // namespace

Parser::Parser(Arena& arena, DiagEngine& diag, uint16_t fileBase, llvm::StringRef path, llvm::StringRef text,
               const ParseOptions& options)
    : Lexer(text, *this), arena_(arena), diag_(diag), options_(options), fileBase_(fileBase), path_(path),
      base_(fileBase) {}

// ---- errors

void Parser::errorAt(Pos at, std::string message) {
  if (stopped_) return;
  errors_++;
  diag_.report(at, DiagKind::Syntax, std::move(message));
}

void Parser::lexError(uint32_t atLine, uint32_t atCol, std::string message) {
  errorAt(posAt(atLine, atCol), std::move(message));
}

void Parser::nestingError() {
  if (stopped_) return;
  syntaxError("exceeded maximum nesting depth of " + std::to_string(maxNesting));
  stopped_ = true;
  stop();
}

void Parser::syntaxErrorAt(Pos at, std::string message) {
  if (tok == Token::Eof && errors_ > 0) return; // only a consequence of an earlier error
  llvm::StringRef text = message;
  if (text.starts_with("in ") || text.starts_with("at ") || text.starts_with("after ")) {
    message = " " + message;
  } else if (text.starts_with("expected ")) {
    message = ", " + message;
  } else {
    errorAt(at, "syntax error: " + message); // the current token does not matter
    return;
  }
  std::string found;
  switch (tok) {
  case Token::Name: found = "name " + lit.str(); break;
  case Token::Semi: found = lit.str(); break;
  case Token::Literal: found = "literal " + lit.str(); break;
  case Token::Operator: found = opText(op); break;
  case Token::AssignOp: found = std::string(opText(op)) + "="; break;
  case Token::IncOp: found = std::string(opText(op)) + opText(op); break;
  default: found = tokenWord(tok); break;
  }
  errorAt(at, "syntax error: unexpected " + found + message);
}

void Parser::want(Token t) {
  if (got(t)) return;
  syntaxError("expected " + tokenWord(t));
  advance({});
}

/// Like got(Assign), but takes := as well, with an error.
bool Parser::gotAssign() {
  if (tok == Token::Define) syntaxError("expected =");
  if (tok != Token::Define && tok != Token::Assign) return false;
  next();
  return true;
}

/// Skips to a token of `follow` (within functions also to the start of a statement), or over one token if it is empty.
void Parser::advance(std::initializer_list<Token> follow) {
  uint64_t stops = maskOf(Token::Eof);
  if (follow.size() > 0 && functionNest_ > 0) stops |= statementStarts;
  for (Token t : follow) stops |= maskOf(t);
  while (!(stops & maskOf(tok))) {
    next();
    if (follow.size() == 0) break;
  }
}

// ---- directives

void Parser::directive(uint32_t atLine, uint32_t atCol, llvm::StringRef comment) {
  bool isBlock = comment[1] == '*';
  llvm::StringRef text = comment.drop_front(2);
  if (isBlock)
    text = text.drop_back(2);
  else
    text.consume_back("\r");
  if ((atCol == 1 || isBlock) && text.starts_with("line ")) {
    // Positions change right after the comment; a line comment takes its newline with it.
    Pos from = isBlock ? posAt(atLine, atCol + static_cast<uint32_t>(comment.size())) : posAt(atLine + 1, 1);
    from.base = fileBase_;
    updateBase(from, atLine, atCol + 2 + 5, text.drop_front(5));
    return;
  }
  if (!text.starts_with("go:")) return;
  if (top_ && comment.starts_with("//go:build")) {
    std::string version;
    if (buildLineVersion(comment, version)) goVersion_ = version;
  }
  pragma(posAt(atLine, atCol + 2), text);
}

void Parser::updateBase(Pos from, uint32_t textLine, uint32_t textCol, llvm::StringRef text) {
  size_t at, at2;
  uint64_t number = 0, number2 = 0;
  bool ok, ok2 = false;
  if (!trailingNumber(text, at, number, ok)) return; // not a line directive
  auto invalid = [&](const char* what, size_t offset) {
    errorAt(posAt(textLine, textCol + static_cast<uint32_t>(offset)), std::string("invalid ") + what + " number: " + text.substr(offset).str());
  };
  if (!ok) {
    invalid("line", at);
    return;
  }
  uint64_t newLine = number, newCol = 0;
  if (trailingNumber(text.take_front(at - 1), at2, number2, ok2) && ok2) { // file:line:col
    newLine = number2;
    newCol = number;
    if (newCol == 0 || newCol > maxPosition) {
      invalid("column", at);
      return;
    }
    text = text.take_front(at - 1);
    at = at2;
  }
  if (newLine == 0 || newLine > maxPosition) {
    invalid("line", at);
    return;
  }
  llvm::StringRef fileName = text.take_front(at - 1);
  std::string previous;
  if (fileName.empty() && ok2) { // with a column, no name means the last one
    previous = diag_.sources().fileName(base_).str();
    fileName = previous;
  }
  base_ = diag_.sources().addLineBase(fileBase_, from, fileName, static_cast<uint32_t>(newLine), static_cast<uint32_t>(newCol));
}

// ---- lists and files

Pos Parser::list(const char* context, Token separator, Token close, llvm::function_ref<bool()> element) {
  bool done = false;
  while (tok != Token::Eof && tok != close && !done) {
    done = element();
    if (!got(separator) && tok != close) { // the separator is optional before `close`
      syntaxError(std::string("in ") + context + "; possibly missing " + tokenWord(separator) + " or " + tokenWord(close));
      advance({Token::Rparen, Token::Rbrack, Token::Rbrace});
      if (tok != close) return pos();
    }
  }
  Pos at = pos();
  want(close);
  return at;
}

void Parser::parse(SourceFile& file) {
  file_ = &file;
  next();
  file.pos = pos();
  file.goVersion = goVersion_;
  top_ = false;
  if (!got(Token::Package)) {
    syntaxError("package statement must be first");
    file.eof = pos();
    return;
  }
  file.pragma = takePragma();
  file.packageName = name();
  want(Token::Semi);
  if (errors_ > 0) { // nothing that follows would be worth reporting
    file.eof = pos();
    return;
  }

  auto toNextDecl = [this] {
    advance({Token::Import, Token::Const, Token::Type, Token::Var, Token::Func});
  };
  Token previous = Token::Import;
  while (tok != Token::Eof) {
    if (tok == Token::Import && previous != Token::Import)
      syntaxError("imports must appear before other declarations"); // and are accepted
    previous = tok;
    switch (tok) {
    case Token::Import: next(); appendGroup(&Parser::importDecl); break;
    case Token::Const: next(); appendGroup(&Parser::constDecl); break;
    case Token::Type: next(); appendGroup(&Parser::typeDecl); break;
    case Token::Var: next(); appendGroup(&Parser::varDecl); break;
    case Token::Func: {
      next();
      Decl* d = funcDecl();
      scratch_.push_back(d);
      break;
    }
    default: {
      auto* last = scratch_.empty() ? nullptr : llvm::dyn_cast<FuncDecl>(static_cast<Decl*>(scratch_.back()));
      if (tok == Token::Lbrace && last && !last->body)
        syntaxError("unexpected semicolon or newline before {");
      else
        syntaxError("non-declaration statement outside function body");
      toNextDecl();
      continue;
    }
    }
    clearPragma(); // before the ; is taken: the comments after it belong to the next declaration
    if (tok != Token::Eof && !got(Token::Semi)) {
      syntaxError("after top level declaration");
      toNextDecl();
    }
  }
  clearPragma();
  file.decls = take<Decl>(0);
  file.eof = pos();
}

SourceFile* parseFile(Arena& arena, DiagEngine& diag, uint16_t fileBase, llvm::StringRef path, llvm::StringRef text,
                      const ParseOptions& options) {
  SourceFile* file = arena.make<SourceFile>();
  file->base = fileBase;
  file->path = arena.copy(path);
  // Names and literals are slices of this copy, and live as long as the tree.
  Parser parser(arena, diag, fileBase, file->path, arena.copy(text), options);
  parser.parse(*file);
  for (Decl* d : file->decls) {
    auto* import = llvm::dyn_cast<ImportDecl>(d);
    std::string path;
    if (!import || !import->path || !unquote(import->path->value, path)) continue;
    if (path == "unsafe") file->importsUnsafe = true;
    if (path == "embed") file->importsEmbed = true;
  }
  return file;
}

} // namespace stoat
