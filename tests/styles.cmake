# Tests of styles/.
pk_add_test(style pk_styles)
pk_add_test(style_colour pk_styles)
pk_add_test(style_expr pk_styles LABELS spec)
pk_add_test(style_shipped pk_styles pk_tiles)
pk_add_test(sld pk_tiles)
pk_add_fuzzer(style pk_styles)
pk_add_fuzzer(sld pk_styles)


# Beside the specification's own package, where Node and npm are there.
add_executable(style_say spec/style_say.c)
target_link_libraries(style_say PRIVATE pk_styles)

# Searches the colours of the theme cvd; run by hand.
add_executable(palette_search bench/palette_search.c)
target_link_libraries(palette_search PRIVATE pk_styles)

