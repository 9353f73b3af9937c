# Tests of tiles/.
pk_add_test(audit pk_tiles)
pk_add_test(grid pk_tiles LABELS spec)
pk_add_test(label pk_tiles)
pk_add_test(sprite pk_tiles)
pk_add_test(render pk_tiles LABELS thread)

# The drawing core. raster_fault is the same test program with a rasteriser that
# clips: it passes when the comparison of windows notices.
pk_add_test(raster pk_tiles)
target_sources(test_raster PRIVATE unit/scene.c)
add_executable(test_raster_fault unit/test_raster.c unit/scene.c ../tiles/raster.c)
target_compile_definitions(test_raster_fault PRIVATE PK_FAULT_CLIP)
target_include_directories(test_raster_fault PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(test_raster_fault PRIVATE pk_tiles PkgConfig::CMOCKA)
add_test(NAME unit.raster_fault COMMAND test_raster_fault)
set_tests_properties(unit.raster_fault PROPERTIES TIMEOUT 120 LABELS unit)
pk_add_test(stroke pk_tiles)
target_sources(test_stroke PRIVATE unit/scene.c)
pk_add_test(pattern pk_tiles)
target_sources(test_pattern PRIVATE unit/scene.c)
pk_add_test(png pk_tiles)
target_sources(test_png PRIVATE unit/scene.c)
pk_add_fuzzer(png pk_tiles)
pk_add_fuzzer(draw pk_tiles)

# Prints microseconds per operation; run by hand.
add_executable(draw_bench bench/draw_bench.c)
target_link_libraries(draw_bench PRIVATE pk_tiles)
add_executable(bench_tiles bench/bench_tiles.c)
target_link_libraries(bench_tiles PRIVATE pk_tiles)
add_executable(bench_list bench/bench_list.c)
target_link_libraries(bench_list PRIVATE pk_tiles)
