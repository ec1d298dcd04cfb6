# cmake --install BUILD --prefix P, and from then on find_package(youden [COMPONENTS stat …]) in any project.
# Everything is relative to where it lies, so an installed tree may be moved.
include(CMakePackageConfigHelpers)

set(YOUDEN_SHARE ${CMAKE_INSTALL_DATADIR}/youden)
configure_package_config_file(cmake/youdenConfig.cmake.in ${CMAKE_BINARY_DIR}/generated/youdenConfig.cmake
  INSTALL_DESTINATION ${YOUDEN_SHARE}/cmake PATH_VARS CMAKE_INSTALL_INCLUDEDIR)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/generated/youdenConfigVersion.cmake
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)

install(DIRECTORY include/youden DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT library FILES_MATCHING PATTERN *.hpp)
install(FILES ${CMAKE_BINARY_DIR}/generated/youdenConfig.cmake ${CMAKE_BINARY_DIR}/generated/youdenConfigVersion.cmake
              cmake/YoudenRooms.cmake cmake/YoudenAddRunner.cmake cmake/header_hash.cmake
        DESTINATION ${YOUDEN_SHARE}/cmake COMPONENT library)
install(DIRECTORY configs runners DESTINATION ${YOUDEN_SHARE} COMPONENT library)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT library)

if(YOUDEN_BUILD_RUNNERS)
  # A libtorch outside the system's folders is found again after the installation.
  set_target_properties(youden youden-engine PROPERTIES INSTALL_RPATH_USE_LINK_PATH ON)
  install(TARGETS youden youden-engine RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
  install(FILES $<TARGET_FILE_DIR:youden-engine>/components.json DESTINATION ${YOUDEN_SHARE} COMPONENT program)
endif()
