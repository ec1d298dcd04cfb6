#pragma once
#include <sys/vfs.h>

#include <array>
#include <cstdint>
#include <filesystem>

namespace youden::store {

/// Whether `folder` lies on a file system that other hosts may share: SQLite's WAL needs shared memory between all
/// users of a file (sqlite.org/wal.html), so it must not be used there. Magic numbers: statfs(2), linux/magic.h.
inline bool is_network_folder(const std::filesystem::path& folder) {
  static constexpr std::array<std::uint32_t, 10> kShared{
      0x6969 /* NFS */,        0x517b /* SMB */,
      0xfe534d42 /* SMB2 */,   0xff534d42 /* CIFS */,
      0x0bd00bd0 /* Lustre */, 0x47504653 /* GPFS */,
      0x00c36400 /* Ceph */,   0x5346414f /* AFS */,
      0x19830326 /* BeeGFS */, 0x65735546 /* FUSE: sshfs and the like */};
  struct statfs info {};
  if (::statfs(folder.empty() ? "." : folder.c_str(), &info) != 0) return false;
  for (const std::uint32_t magic : kShared) {
    if (static_cast<std::uint32_t>(info.f_type) == magic) return true;
  }
  return false;
}

}  // namespace youden::store
