# cmake -DLIST=headers.txt -DROOT=include -DOUT=file.cpp -P header_hash.cmake
file(STRINGS ${LIST} headers)
set(digests)
foreach(header IN LISTS headers)
  file(SHA256 ${header} digest)
  file(RELATIVE_PATH name ${ROOT} ${header})
  get_filename_component(leaf ${header} NAME)
  if(name MATCHES "^\\.\\.")  # a user's own header: where it lies does not matter
    set(name ${leaf})
  endif()
  string(APPEND digests "${name} ${digest}\n")
endforeach()
string(SHA256 all "${digests}")
file(WRITE ${OUT} "// Generated from the content of every header.\nnamespace youden {\nconst char* library_hash() { return \"${all}\"; }\n}  // namespace youden\n")
