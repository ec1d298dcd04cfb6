#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace youden::test {

/// What the server answers at one address.
struct Page {
  std::string body = {};
  int status = 200;
  std::string location = {};           ///< for a status of 302
  bool ranges = true;                  ///< false: sends the whole body whatever is asked for
  std::vector<std::size_t> cuts = {};  ///< the first replies end, without a word, after so many bytes of the body
};

/// A web server on this machine, one connection at a time, that can break off in the middle and remembers what it was
/// asked: `/net.pth`, or `/net.pth bytes=100-`.
class HttpServer {
 public:
  HttpServer() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("no socket to listen on");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer() { stop(); }

  void put(const std::string& path, Page page) {
    const std::lock_guard lock(mutex_);
    pages_[path] = std::move(page);
  }
  [[nodiscard]] std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  [[nodiscard]] std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  /// From now on nobody listens at the port.
  void stop() {
    if (!thread_.joinable()) return;
    ::shutdown(listener_, SHUT_RDWR);  // wakes accept()
    thread_.join();
    ::close(listener_);
  }

 private:
  void serve() {
    for (;;) {
      const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (connection < 0) return;
      answer(connection);
      ::shutdown(connection, SHUT_WR);
      std::array<char, 256> rest{};
      while (::recv(connection, rest.data(), rest.size(), 0) > 0) {  // a close with unread bytes would be a reset
      }
      ::close(connection);
    }
  }

  void answer(int connection) {
    std::string request;
    std::array<char, 4096> block{};
    while (request.find("\r\n\r\n") == std::string::npos) {
      const auto n = ::recv(connection, block.data(), block.size(), 0);
      if (n <= 0) return;
      request.append(block.data(), static_cast<std::size_t>(n));
    }
    const auto space = request.find(' ') + 1;
    const std::string path = request.substr(space, request.find(' ', space) - space);
    const auto range = request.find("Range: ");
    const std::string asked =
        range == std::string::npos ? "" : request.substr(range + 7, request.find('\r', range) - range - 7);

    const std::lock_guard lock(mutex_);
    requests_.push_back(asked.empty() ? path : path + " " + asked);
    const auto it = pages_.find(path);
    if (it == pages_.end()) return say(connection, "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone");
    Page& page = it->second;
    const std::size_t from = page.ranges && page.status == 200 && asked.starts_with("bytes=")
                                 ? std::strtoul(asked.c_str() + 6, nullptr, 10)
                                 : 0;
    const std::string size = std::to_string(page.body.size());
    if (from > 0 && from >= page.body.size()) {
      return say(connection, "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */" + size +
                                 "\r\nContent-Length: 0\r\n\r\n");
    }
    std::string head = "HTTP/1.1 " + std::to_string(from > 0 ? 206 : page.status) + " Said\r\n";
    if (!page.location.empty()) head += "Location: " + page.location + "\r\n";
    if (from > 0)
      head += "Content-Range: bytes " + std::to_string(from) + "-" + std::to_string(page.body.size() - 1) + "/" + size +
              "\r\n";
    head += "Content-Length: " + std::to_string(page.body.size() - from) + "\r\n\r\n";
    std::string body = page.body.substr(from);
    if (!page.cuts.empty()) {
      body.resize(std::min(body.size(), page.cuts.front()));
      page.cuts.erase(page.cuts.begin());
    }
    say(connection, head + body);
  }
  static void say(int connection, const std::string& text) {
    for (std::size_t at = 0; at < text.size();) {
      const auto n = ::send(connection, text.data() + at, text.size() - at, MSG_NOSIGNAL);
      if (n <= 0) return;
      at += static_cast<std::size_t>(n);
    }
  }

  int listener_;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::map<std::string, Page> pages_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

}  // namespace youden::test
