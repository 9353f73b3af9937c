# Tests of import/.
pk_add_test(sample pk_sample)
