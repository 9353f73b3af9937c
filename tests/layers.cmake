# Tests of layers/.
pk_add_test(db pk_layers)
pk_add_test(geom pk_layers)
pk_add_test(stream pk_layers)
pk_add_fuzzer(geom pk_layers)
pk_add_fuzzer(geom_blob pk_layers)
pk_add_fuzzer(stream pk_layers)
pk_add_test(plan_class pk_layers)
pk_add_test(overlay pk_layers)
