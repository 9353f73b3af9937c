# Tests of import/.
pk_add_test(sample pk_sample)
pk_add_test(real_plan pk_readers pk_layers)
pk_add_test(readers pk_readers)
pk_add_fuzzer(ngp pk_readers)
pk_add_fuzzer(ss637040 pk_readers)
pk_add_fuzzer(mapping pk_readers)
pk_add_fuzzer(zip pk_readers)
