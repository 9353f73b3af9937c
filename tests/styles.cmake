# Tests of styles/.
pk_add_test(style pk_styles)
pk_add_test(style_colour pk_styles)
pk_add_test(style_expr pk_styles LABELS spec)
pk_add_test(style_shipped pk_styles pk_tiles)
pk_add_fuzzer(style pk_styles)
