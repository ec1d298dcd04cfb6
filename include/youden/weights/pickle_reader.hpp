#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/weights/pickle.hpp"

namespace youden::weights {

/// Reads Python's pickle format (protocols 2 to 5, PEP 3154) as data: names of classes and functions stay names, so
/// that nothing runs. Throws WeightsError for what is damaged or of another protocol. Memory is bounded by the number
/// of opcodes: some 100 bytes each.
class PickleReader {
 public:
  /// A tensor takes about forty.
  static constexpr std::size_t kMostOpcodes = std::size_t{1} << 20U;

  PickleReader(std::span<const std::byte> bytes, std::string where) : bytes_(bytes), where_(std::move(where)) {}

  Pickle read() {
    for (std::size_t opcodes = 0; !stopped_; ++opcodes) {
      if (opcodes >= kMostOpcodes) fail("the pickle has more than a million opcodes");
      step(static_cast<unsigned char>(take(1)[0]));
    }
    out_.size = at_;
    return std::move(out_);
  }

 private:
  using Kind = PickleNode::Kind;
  using Node = PickleNode;

  [[noreturn]] void fail(const std::string& what) const {
    throw base::WeightsError({what + " (byte " + std::to_string(at_) + " of the pickle)", where_,
                              "the file is damaged or was not written by torch.save: fetch it again"});
  }

  std::span<const std::byte> take(std::uint64_t count) {
    if (count > bytes_.size() - at_) fail("the pickle ends in the middle of a value");
    const auto out = bytes_.subspan(at_, count);
    at_ += count;
    return out;
  }
  std::uint64_t number(std::size_t bytes) {
    std::uint64_t value = 0;
    const auto raw = take(bytes);
    for (std::size_t i = 0; i < bytes; ++i) value |= std::uint64_t{static_cast<unsigned char>(raw[i])} << (8 * i);
    return value;
  }
  std::string_view text(std::uint64_t count) {
    const auto raw = take(count);
    return {reinterpret_cast<const char*>(raw.data()), raw.size()};
  }
  std::string_view line() {
    const std::string_view rest(reinterpret_cast<const char*>(bytes_.data()) + at_, bytes_.size() - at_);
    const auto end = rest.find('\n');
    if (end == std::string_view::npos) fail("the pickle ends in the middle of a name");
    at_ += end + 1;
    return rest.substr(0, end);
  }

  Node& make(Kind kind) {
    out_.nodes.emplace_back();
    out_.nodes.back().kind = kind;
    return out_.nodes.back();
  }
  void push(Node& node) { stack_.push_back(&node); }
  void push_integer(std::int64_t value) {
    Node& n = make(Kind::integer);
    n.integer = value;
    push(n);
  }
  void push_text(std::string_view value) {
    Node& n = make(Kind::text);
    n.text = value;
    push(n);
  }
  void push_boolean(bool value) {
    Node& n = make(Kind::boolean);
    n.integer = value ? 1 : 0;
    push(n);
  }
  Node* pop() {
    if (stack_.empty() || stack_.back()->is(Kind::mark)) fail("the pickle takes a value that is not there");
    Node* top = stack_.back();
    stack_.pop_back();
    return top;
  }
  Node& top() {
    if (stack_.empty() || stack_.back()->is(Kind::mark)) fail("the pickle fills a container that is not there");
    return *stack_.back();
  }
  /// The values above the last mark, which goes.
  std::vector<const Node*> pop_to_mark() {
    std::size_t from = stack_.size();
    while (from > 0 && !stack_[from - 1]->is(Kind::mark)) --from;
    if (from == 0) fail("the pickle closes a group that was never opened");
    std::vector<const Node*> out(stack_.begin() + static_cast<std::ptrdiff_t>(from), stack_.end());
    stack_.resize(from - 1);
    return out;
  }
  void push_tuple(std::size_t count) {
    Node& n = make(Kind::list);
    n.items.resize(count);
    for (std::size_t i = count; i-- > 0;) n.items[i] = pop();
    push(n);
  }
  void push_container(Kind kind, std::vector<const Node*> items) {
    if (kind == Kind::dict && items.size() % 2 != 0) fail("a dict has a key without a value");
    Node& n = make(kind);
    n.items = std::move(items);
    push(n);
  }
  void fill(Kind kind, const std::vector<const Node*>& items) {
    if (kind == Kind::dict && items.size() % 2 != 0) fail("a dict has a key without a value");
    Node& into = top();
    if (into.is(Kind::call)) return;  // an object's own appending: inert
    if (!into.is(kind)) fail("the pickle fills something that is no container");
    into.items.insert(into.items.end(), items.begin(), items.end());
  }
  void remember(std::uint64_t index) { memo_[index] = &top(); }
  void recall(std::uint64_t index) {
    const auto it = memo_.find(index);
    if (it == memo_.end()) fail("the pickle recalls a value that it never kept");
    stack_.push_back(it->second);
  }

  /// What a call would make. An OrderedDict is a dict; everything else stays a name and its arguments.
  void call() {
    Node* arguments = pop();
    Node* callee = pop();
    if (callee->is_global("collections", "OrderedDict")) {
      Node& dict = make(Kind::dict);
      if (!arguments->items.empty()) {  // pairs, as Python 2 wrote them
        pairs_ += arguments->items.front()->items.size();
        if (pairs_ > kMostOpcodes) fail("the pickle repeats its lists absurdly often");
        for (const Node* pair : arguments->items.front()->items) {
          if (pair->items.size() == 2) dict.items.insert(dict.items.end(), {pair->items[0], pair->items[1]});
        }
      }
      push(dict);
      return;
    }
    Node& n = make(Kind::call);
    n.items = {callee, arguments};
    push(n);
  }

  void step(unsigned char opcode) {
    switch (opcode) {
      case 0x80:  // PROTO
        if (const auto protocol = number(1); protocol < 2 || protocol > 5) {
          fail("the pickle has protocol " + std::to_string(protocol) + "; 2 to 5 are read");
        }
        return;
      case 0x95: take(8); return;  // FRAME: its length is of no use here
      case '.':
        out_.value = pop();
        stopped_ = true;
        return;
      case '(': push(make(Kind::mark)); return;
      case '0': pop(); return;
      case '1': pop_to_mark(); return;
      case '2': stack_.push_back(&top()); return;
      case 'N': push(make(Kind::none)); return;
      case 0x88: push_boolean(true); return;
      case 0x89: push_boolean(false); return;
      case 'K': push_integer(static_cast<std::int64_t>(number(1))); return;
      case 'M': push_integer(static_cast<std::int64_t>(number(2))); return;
      case 'J': push_integer(static_cast<std::int32_t>(number(4))); return;
      case 0x8a: push_long(number(1)); return;
      case 0x8b: push_long(number(4)); return;
      case 'G': push_real(); return;
      case 'X':
      case 'T':
      case 'B': push_text(text(number(4))); return;
      case 0x8c:
      case 'U':
      case 'C': push_text(text(number(1))); return;
      case 0x8d:
      case 0x8e: push_text(text(number(8))); return;
      case ']':
      case ')':
      case 0x8f: push(make(Kind::list)); return;
      case '}': push(make(Kind::dict)); return;
      case 'l':
      case 't':
      case 0x91: push_container(Kind::list, pop_to_mark()); return;
      case 'd': push_container(Kind::dict, pop_to_mark()); return;
      case 0x85: push_tuple(1); return;
      case 0x86: push_tuple(2); return;
      case 0x87: push_tuple(3); return;
      case 'a': {
        const Node* item = pop();
        fill(Kind::list, {item});
        return;
      }
      case 'e':
      case 0x90: fill(Kind::list, pop_to_mark()); return;
      case 's': {
        const Node* value = pop();
        const Node* key = pop();
        fill(Kind::dict, {key, value});
        return;
      }
      case 'u': fill(Kind::dict, pop_to_mark()); return;
      case 'q': remember(number(1)); return;
      case 'r': remember(number(4)); return;
      case 0x94: remember(memo_.size()); return;
      case 'h': recall(number(1)); return;
      case 'j': recall(number(4)); return;
      case 'c': {
        Node& n = make(Kind::global);
        n.text = line();
        n.name = line();
        push(n);
        return;
      }
      case 0x93: {  // STACK_GLOBAL
        const Node* name = pop();
        const Node* module = pop();
        Node& n = make(Kind::global);
        n.text = module->text;
        n.name = name->text;
        push(n);
        return;
      }
      case 'R':
      case 0x81: call(); return;  // NEWOBJ makes what a call would
      case 0x92:
        pop();
        call();
        return;  // NEWOBJ_EX, without its keywords
      case 'b':
        pop();
        top();
        return;  // BUILD: an object's attributes are not looked at
      case 'Q': {
        Node& n = make(Kind::persistent);
        n.items = {pop()};
        push(n);
        return;
      }
      default: break;
    }
    fail("the pickle has an opcode (" + std::to_string(opcode) + ") that torch.save does not write");
  }

  void push_long(std::uint64_t count) {
    const std::string_view raw = text(count);
    if (raw.size() > 8) return push_text(raw);
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < raw.size(); ++i) value |= std::uint64_t{static_cast<unsigned char>(raw[i])} << (8 * i);
    const bool negative = !raw.empty() && (static_cast<unsigned char>(raw.back()) & 0x80U) != 0;
    if (negative && raw.size() < 8) value |= ~std::uint64_t{0} << (8 * raw.size());
    push_integer(static_cast<std::int64_t>(value));
  }
  void push_real() {  // big-endian
    std::uint64_t bits = 0;
    for (const std::byte b : take(8)) bits = bits << 8U | std::uint64_t{static_cast<unsigned char>(b)};
    Node& n = make(Kind::real);
    n.real = std::bit_cast<double>(bits);
    push(n);
  }

  std::span<const std::byte> bytes_;
  std::string where_;
  std::size_t at_ = 0;
  bool stopped_ = false;
  Pickle out_ = {};
  std::vector<Node*> stack_ = {};
  std::map<std::uint64_t, Node*> memo_ = {};
  std::size_t pairs_ = 0;
};

}  // namespace youden::weights
