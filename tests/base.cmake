# Tests of base/.
pk_add_test(base pk_base)
pk_add_test(opts pk_base)
pk_add_fuzzer(opts pk_base)
pk_add_test(secret pk_base)
