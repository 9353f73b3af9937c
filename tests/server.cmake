# Tests of server/.
add_executable(make_http_data http/make_data.c)
target_link_libraries(make_http_data PRIVATE pk_layers PkgConfig::CMOCKA)
target_include_directories(make_http_data PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
pk_add_test(cache pk_server LABELS thread)
pk_add_test(jobs pk_server)
pk_add_test(request pk_server)
pk_add_test(throttle pk_server)
pkg_check_modules(GNUTLS REQUIRED IMPORTED_TARGET gnutls)
pk_add_test(jwt pk_server)
target_link_libraries(test_jwt PRIVATE PkgConfig::GNUTLS)
pk_add_fuzzer(jwt pk_server)
pk_add_fuzzer(cookie pk_server)
pk_add_test(wkt pk_server)
pk_add_fuzzer(target pk_server)
pk_add_fuzzer(wkt pk_server)
pk_add_test(wire pk_server)
pk_add_fuzzer(wire pk_server)
find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND)
    add_test(NAME http.serve
        COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/http/serve_test.py
            $<TARGET_FILE:plankarta> $<TARGET_FILE:make_http_data>
            ${CMAKE_CURRENT_BINARY_DIR}/http)
    set_tests_properties(http.serve PROPERTIES LABELS "http;thread" TIMEOUT 180)

    add_test(NAME http.staff
        COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/http/staff_test.py
            $<TARGET_FILE:plankarta> $<TARGET_FILE:make_http_data>
            ${CMAKE_CURRENT_BINARY_DIR}/http-staff ${PROJECT_SOURCE_DIR})
    set_tests_properties(http.staff PROPERTIES LABELS "http;thread" TIMEOUT 180)

    # The program as it is built where npm cannot be reached: no script, every page works.
    # Its table of files takes the place of the library's.
    set(bare_assets ${CMAKE_CURRENT_BINARY_DIR}/assets_bare.c)
    pk_embed_assets(${bare_assets} ${PROJECT_SOURCE_DIR}/server/web/style.css
        ${PROJECT_SOURCE_DIR}/server/web/icon.svg)
    add_executable(plankarta-bare ${bare_assets})
    target_link_libraries(plankarta-bare PRIVATE pk_commands)
    set_target_properties(plankarta-bare PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}) # beside plankarta-work
    add_test(NAME http.without_script
        COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/http/serve_test.py
            $<TARGET_FILE:plankarta-bare> $<TARGET_FILE:make_http_data>
            ${CMAKE_CURRENT_BINARY_DIR}/http-bare Serving)
    set_tests_properties(http.without_script PROPERTIES
        LABELS "http;plain" TIMEOUT 120 ENVIRONMENT "PK_BARE=1")
endif()
