// itabs: a hash table of (interface type, dynamic type), read without lock. Entries are never removed; a pair whose methods do not match is
// entered too, with no functions. The compiler's itabs are entered at start, so that each pair has one itab.
#include "runtime/base/lock.h"
#include "runtime/lang/lang.h"
#include "runtime/mem/heap.h"

extern "C" const stoat::rt::ModuleData stoat_module __attribute__((weak));

namespace stoat::rt {

namespace {

struct ItabTable {
  Word mask;               // capacity - 1
  Word count;              // under the lock
  std::atomic<const ITab *> entries[1];
};

constinit std::atomic<ItabTable *> itabTable{nullptr};
constinit Mutex itabLock{LockRank::Itab};

Word hashPair(const InterfaceType *interface, const Type *type) {
  Word h = (reinterpret_cast<Word>(interface) >> 4) * Word(0x9e3779b1u) ^ (reinterpret_cast<Word>(type) >> 4);
  h *= Word(0x85ebca6bu);
  return h ^ h >> 15;
}

// Quadratic probing; the table is at most three quarters full.
const ITab *find(const ItabTable *table, const InterfaceType *interface, const Type *type) {
  Word at = hashPair(interface, type);
  for (Word step = 1;; ++step) {
    at &= table->mask;
    // acquire: pairs with the release in insert
    const ITab *tab = table->entries[at].load(std::memory_order_acquire);
    if (!tab || (tab->interface == interface && tab->type == type))
      return tab;
    at += step;
  }
}

void insert(ItabTable *table, const ITab *tab) {
  Word at = hashPair(tab->interface, tab->type);
  for (Word step = 1;; ++step) {
    at &= table->mask;
    const ITab *old = table->entries[at].load(std::memory_order_relaxed);
    if (old && old->interface == tab->interface && old->type == tab->type)
      return;
    if (!old) {
      table->entries[at].store(tab, std::memory_order_release);
      ++table->count;
      return;
    }
    at += step;
  }
}

ItabTable *newTable(Word capacity) {
  auto *table = static_cast<ItabTable *>(offHeapAlloc(sizeof(ItabTable) + capacity * sizeof(void *)));
  table->mask = capacity - 1;
  return table;
}

void add(const ITab *tab) {
  ItabTable *table = itabTable.load(std::memory_order_relaxed);
  if (4 * (table->count + 1) > 3 * (table->mask + 1)) {
    // The old table stays: readers may be in it, and a miss there is repeated under the lock.
    ItabTable *grown = newTable(2 * (table->mask + 1));
    for (Word i = 0; i <= table->mask; ++i)
      if (const ITab *old = table->entries[i].load(std::memory_order_relaxed))
        insert(grown, old);
    itabTable.store(grown, std::memory_order_release);
    table = grown;
  }
  insert(table, tab);
}

NameView packageOf(const UncommonType *uncommon, const Type *type) {
  return viewName({static_cast<const uint8_t *>(resolveOffset(type, uncommon->packagePath))});
}

// Fills tab->functions; false, and a null first entry, when a method is missing. Both method lists are in the same order.
bool fill(ITab *tab) {
  const InterfaceType *interface = tab->interface;
  const Type *type = tab->type;
  const UncommonType *uncommon = uncommonOf(type);
  tab->functions[0] = nullptr;
  if (!uncommon)
    return interface->methodCount == 0;
  auto *methods = reinterpret_cast<const Method *>(reinterpret_cast<const char *>(uncommon) + uncommon->methodsOffset);
  unsigned count = uncommon->methodCount, at = 0;
  void *first = nullptr;
  for (intptr_t i = 0; i < interface->methodCount; ++i) {
    const Imethod &wanted = interface->methods[i];
    Name wantedName = {static_cast<const uint8_t *>(resolveOffset(interface, wanted.name))};
    NameView wantedView = viewName(wantedName);
    const Type *wantedType = resolveType(&interface->common, wanted.type);
    bool found = false;
    for (unsigned tried = 0; tried < count && !found; ++tried, at = at + 1 == count ? 0 : at + 1) {
      const Method &method = methods[at];
      Name name = {static_cast<const uint8_t *>(resolveOffset(type, method.name))};
      NameView view = viewName(name);
      if (!(view == wantedView) || resolveType(type, method.type) != wantedType)
        continue;
      if (!view.exported) {
        NameView mine = packageOfName(name), theirs = packageOfName(wantedName);
        if (!mine.size)
          mine = packageOf(uncommon, type);
        if (!theirs.size)
          theirs = viewName(interface->packagePath);
        if (!(mine == theirs))
          continue;
      }
      void *code = const_cast<void *>(resolveOffset(type, method.ifaceCode));
      (i ? tab->functions[i] : first) = code;
      found = true;
    }
    if (!found)
      return false;
  }
  tab->functions[0] = first;
  return true;
}

} // namespace

void initItabs() {
  Word known = 0;
  if (&stoat_module)
    known = Word(stoat_module.itabsEnd - stoat_module.itabsBegin);
  Word capacity = 512;
  while (4 * known > 2 * capacity)
    capacity *= 2;
  itabTable.store(newTable(capacity), std::memory_order_release);
  for (Word i = 0; i < known; ++i)
    add(stoat_module.itabsBegin[i]);
}

} // namespace stoat::rt

using namespace stoat::rt;

extern "C" {

const ITab *stoat_getitab_impl(InterfaceType *interface, Type *type) {
  const ITab *tab = find(itabTable.load(std::memory_order_acquire), interface, type);
  if (!tab) {
    LockGuard guard(itabLock);
    tab = find(itabTable.load(std::memory_order_relaxed), interface, type);
    if (!tab) {
      Word methods = Word(interface->methodCount);
      auto *made = static_cast<ITab *>(offHeapAlloc(sizeof(ITab) + methods * sizeof(void *)));
      made->interface = interface;
      made->type = type;
      made->hash = type->hash;
      fill(made);
      add(made);
      tab = made;
    }
  }
  return tab->functions[0] ? tab : nullptr;
}

const ModuleData *stoat_moduledata() { return &stoat_module; }
}
