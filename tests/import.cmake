# Tests of import/.
pk_add_test(sample pk_sample)
pk_add_test(real_plan pk_readers pk_layers)
