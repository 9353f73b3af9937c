# Tests of import/.
pk_add_test(sample pk_sample)
pk_add_test(real_plan pk_readers pk_layers)
pk_add_test(rules pk_sample pk_readers)
pk_add_test(readers pk_readers)
pk_add_fuzzer(ngp pk_readers)
pk_add_fuzzer(ss637040 pk_readers)
pk_add_fuzzer(mapping pk_readers)
pk_add_fuzzer(zip pk_readers)
pkg_check_modules(LIBZIP REQUIRED IMPORTED_TARGET libzip)
pk_add_test(hostile pk_child PkgConfig::LIBZIP)
add_test(NAME unit.data COMMAND ${CMAKE_COMMAND} -DWORK=$<TARGET_FILE:plankarta-work>
    -DDATA=${PROJECT_SOURCE_DIR}/../shared/data -DDIR=${CMAKE_CURRENT_BINARY_DIR}/data
    -P ${CMAKE_CURRENT_SOURCE_DIR}/check_data.cmake)
set_tests_properties(unit.data PROPERTIES TIMEOUT 900 LABELS data)
pk_add_test(writer pk_layers)
target_compile_definitions(test_writer PRIVATE PK_WORK="$<TARGET_FILE:plankarta-work>")
add_dependencies(test_writer plankarta-work)
