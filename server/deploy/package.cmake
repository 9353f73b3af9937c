# The Debian package: both programs, the unit, a sample of the settings. Everything
# it needs at run time is in Debian's own archive.
install(FILES "${CMAKE_CURRENT_LIST_DIR}/plankarta@.service"
    DESTINATION lib/systemd/system)
install(FILES ${CMAKE_CURRENT_LIST_DIR}/exempel.conf
    DESTINATION ${CMAKE_INSTALL_DATADIR}/plankarta)
install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/LICENSE
    DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/plankarta)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME plankarta)
set(CPACK_PACKAGE_CONTACT "Plankarta <plankarta@example.org>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Map tiles and plan regulations for a municipality")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Not found by linking: the map's letters, and the grids and definitions of PROJ.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "fonts-dejavu-core, fonts-dejavu-extra, proj-data")
include(CPack)
