# Tests of server/.
add_executable(make_http_data http/make_data.c)
target_link_libraries(make_http_data PRIVATE pk_layers PkgConfig::CMOCKA)
target_include_directories(make_http_data PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
pk_add_test(cache pk_server LABELS thread)
pk_add_test(request pk_server)
pk_add_fuzzer(target pk_server)
pk_add_test(wire pk_server)
pk_add_fuzzer(wire pk_server)
find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND)
    add_test(NAME http.serve
        COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/http/serve_test.py
            $<TARGET_FILE:plankarta> $<TARGET_FILE:make_http_data>
            ${CMAKE_CURRENT_BINARY_DIR}/http)
    set_tests_properties(http.serve PROPERTIES LABELS "http;thread" TIMEOUT 180)
endif()
