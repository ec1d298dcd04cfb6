# youden_add_runner(NAME [COMPONENTS header.hpp …])
#
# Builds the whole program as NAME (the front, which loads in milliseconds) and NAME-engine (everything with torch),
# with the library's own components and those of the given headers. The engine describes every component in
# NAME-components.json (components.json for youden itself), which the front reads.
#
# Components are registered by headers in a sub-folder of their room (include/youden/<room>/<kind>s/). One generated
# stub a room includes them; the stubs are OBJECT libraries, since a linker drops what nobody calls from a STATIC one.

set(YOUDEN_CMAKE_DIR ${CMAKE_CURRENT_LIST_DIR})
# The sources of the program: beside this folder in the repository, and where it is installed.
get_filename_component(YOUDEN_RUNNERS_DIR ${CMAKE_CURRENT_LIST_DIR}/../runners ABSOLUTE)
set(YOUDEN_STUB_ROOMS metric data augment backbone head train sweep)
set(YOUDEN_TORCH_ROOMS backbone head train)

function(youden_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wshadow -Wnon-virtual-dtor)
  if(YOUDEN_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()

# Every target that includes torch compiles against one precompiled header, hence with the same flags.
function(youden_torch_target target)
  if(NOT TARGET youden_pch)
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/pch.cpp CONTENT "// Generated: owns the precompiled header.\n")
    add_library(youden_pch OBJECT ${CMAKE_BINARY_DIR}/generated/pch.cpp)
    target_link_libraries(youden_pch PRIVATE youden::run)
    target_compile_definitions(youden_pch PRIVATE BOOST_TEST_DYN_LINK)
    youden_warnings(youden_pch)
    target_precompile_headers(youden_pch PRIVATE <torch/torch.h> <nlohmann/json.hpp> <opencv2/core.hpp> <fmt/format.h>)
  endif()
  target_link_libraries(${target} PRIVATE youden::run)
  target_compile_definitions(${target} PRIVATE BOOST_TEST_DYN_LINK)
  target_precompile_headers(${target} REUSE_FROM youden_pch)
endfunction()

# youden_stub(TARGET FILE header…): an OBJECT library whose one source includes the headers.
function(youden_stub target file)
  set(text "// Generated: registers the components of these headers.\n")
  foreach(header IN LISTS ARGN)
    string(APPEND text "#include \"${header}\"\n")
  endforeach()
  file(CONFIGURE OUTPUT ${file} CONTENT "${text}" @ONLY)
  add_library(${target} OBJECT ${file})
  youden_warnings(${target})
endfunction()

# The library's own components, once a project: one OBJECT library a room, all listed in YOUDEN_STUBS.
function(youden_library_stubs)
  if(TARGET youden_stub_data)
    return()
  endif()
  foreach(room IN LISTS YOUDEN_STUB_ROOMS)
    file(GLOB headers RELATIVE ${YOUDEN_INCLUDE_DIR} CONFIGURE_DEPENDS ${YOUDEN_INCLUDE_DIR}/youden/${room}/*/*.hpp)
    youden_stub(youden_stub_${room} ${CMAKE_BINARY_DIR}/generated/stub_${room}.cpp ${headers})
    if(room IN_LIST YOUDEN_TORCH_ROOMS)
      youden_torch_target(youden_stub_${room})
    else()
      target_link_libraries(youden_stub_${room} PRIVATE youden::${room} youden::registry)
    endif()
  endforeach()
endfunction()

# Adds the components' objects and what they need to a target.
function(youden_link_components target)
  youden_library_stubs()
  foreach(room IN LISTS YOUDEN_STUB_ROOMS)
    target_link_libraries(${target} PRIVATE youden_stub_${room})
  endforeach()
endfunction()

# A source that defines youden::library_hash(): the content of every header, part of each run's fingerprint.
function(youden_header_hash target)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${YOUDEN_INCLUDE_DIR}/youden/*.hpp)
  list(APPEND headers ${ARGN})
  list(SORT headers)
  set(out ${CMAKE_BINARY_DIR}/generated/${target}_header_hash.cpp)
  set(list ${CMAKE_BINARY_DIR}/generated/${target}_headers.txt)
  list(JOIN headers "\n" lines)
  file(CONFIGURE OUTPUT ${list} CONTENT "${lines}\n" @ONLY)
  add_custom_command(
    OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DLIST=${list} -DROOT=${YOUDEN_INCLUDE_DIR} -DOUT=${out}
            -P ${YOUDEN_CMAKE_DIR}/header_hash.cmake
    DEPENDS ${headers} ${list} ${YOUDEN_CMAKE_DIR}/header_hash.cmake
    COMMENT "Hashing the headers of ${target}" VERBATIM)
  target_sources(${target} PRIVATE ${out})
endfunction()

# youden_embed(FILE): a source that holds the files of runners/front/templates, which `init` writes.
function(youden_embed file)
  set(root ${YOUDEN_RUNNERS_DIR}/front/templates)
  file(GLOB_RECURSE paths RELATIVE ${root} CONFIGURE_DEPENDS ${root}/*)
  list(SORT paths)
  set(entries)
  foreach(path IN LISTS paths)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${root}/${path})
    file(READ ${root}/${path} content)
    string(APPEND entries "      {\"${path}\", R\"template_file(${content})template_file\"},\n")
  endforeach()
  file(CONFIGURE OUTPUT ${file} @ONLY CONTENT "// Generated from runners/front/templates.
#include \"front/templates.hpp\"

namespace youden::runner {

const std::vector<Template>& templates() {
  static const std::vector<Template> all{
${entries}  };
  return all;
}

}  // namespace youden::runner
")
endfunction()

# The sources of the program, compiled once a build: every runner links the same objects and adds its own components.
function(youden_program_objects)
  if(TARGET youden_front_objects)
    return()
  endif()
  file(GLOB front CONFIGURE_DEPENDS ${YOUDEN_RUNNERS_DIR}/front/*.cpp)
  youden_embed(${CMAKE_BINARY_DIR}/generated/front_templates.cpp)
  add_library(youden_front_objects OBJECT ${front} ${CMAKE_BINARY_DIR}/generated/front_templates.cpp)
  target_include_directories(youden_front_objects PRIVATE ${YOUDEN_RUNNERS_DIR})
  target_link_libraries(youden_front_objects PUBLIC youden::share youden::show Boost::program_options)
  youden_warnings(youden_front_objects)

  file(GLOB engine CONFIGURE_DEPENDS ${YOUDEN_RUNNERS_DIR}/engine/*.cpp)
  if(NOT YOUDEN_UNITY)  # only these include torch; the others compile faster without its precompiled header
    set(light ${engine})
    list(FILTER light EXCLUDE REGEX "/(work|predict|export|weights_fit)\\.cpp$")
    set_source_files_properties(${light} PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
  endif()
  add_library(youden_engine_objects OBJECT ${engine})
  target_include_directories(youden_engine_objects PRIVATE ${YOUDEN_RUNNERS_DIR})
  target_link_libraries(youden_engine_objects PUBLIC youden::youden Boost::program_options)
  youden_warnings(youden_engine_objects)
  youden_torch_target(youden_engine_objects)
  if(YOUDEN_UNITY)
    set_target_properties(youden_front_objects youden_engine_objects PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 10)
  endif()
endfunction()

function(youden_add_runner name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "COMPONENTS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "youden_add_runner(${name}): write component headers after COMPONENTS, not '${arg_UNPARSED_ARGUMENTS}'")
  endif()
  if(NOT TARGET youden::youden)
    message(FATAL_ERROR "youden_add_runner(${name}) needs every room: write find_package(youden) without COMPONENTS")
  endif()
  find_package(Boost 1.74 REQUIRED COMPONENTS program_options)
  youden_program_objects()

  add_executable(${name} $<TARGET_OBJECTS:youden_front_objects>)
  set_target_properties(${name} PROPERTIES LINKER_LANGUAGE CXX)
  youden_library_stubs()
  target_link_libraries(${name} PRIVATE youden_front_objects youden_stub_metric)

  add_executable(${name}-engine)
  target_link_libraries(${name}-engine PRIVATE youden_engine_objects)
  youden_link_components(${name}-engine)

  set(own)
  foreach(header IN LISTS arg_COMPONENTS)
    get_filename_component(header ${header} ABSOLUTE)
    if(NOT EXISTS ${header})
      message(FATAL_ERROR "youden_add_runner(${name}): there is no ${header}")
    endif()
    list(APPEND own ${header})
  endforeach()
  if(own)
    youden_stub(${name}_components ${CMAKE_BINARY_DIR}/generated/${name}_components.cpp ${own})
    youden_torch_target(${name}_components)
    target_link_libraries(${name}-engine PRIVATE ${name}_components)
  endif()
  youden_header_hash(${name}-engine ${own})

  set(json ${name}-components.json)
  if(name STREQUAL "youden")
    set(json components.json)
  endif()
  add_custom_command(TARGET ${name}-engine POST_BUILD
    COMMAND $<TARGET_FILE:${name}-engine> describe $<TARGET_FILE_DIR:${name}-engine>/${json}
    COMMENT "Describing the components of ${name}" VERBATIM)
  add_dependencies(${name} ${name}-engine)
endfunction()
