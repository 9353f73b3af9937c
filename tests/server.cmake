# Tests of server/.
add_executable(make_http_data http/make_data.c)
target_link_libraries(make_http_data PRIVATE pk_layers PkgConfig::CMOCKA)
target_include_directories(make_http_data PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
pk_add_test(cache pk_server)
pk_add_test(request pk_server)
pk_add_fuzzer(target pk_server)
