# Tests of layers/.
pk_add_test(db pk_layers)
