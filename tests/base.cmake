# Tests of base/.
pk_add_test(base pk_base)
