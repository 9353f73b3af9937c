# Tests of the whole program, on a sample municipality that is made once.
if(TARGET plankarta AND TARGET plankarta-work)
    add_test(NAME house.gdal COMMAND ${CMAKE_COMMAND} -DPLANKARTA=$<TARGET_FILE:plankarta>
        -DWORK=$<TARGET_FILE:plankarta-work> -DREAD=$<TARGET_FILE:plankarta-read>
        -P ${CMAKE_CURRENT_SOURCE_DIR}/check_gdal.cmake)
    set_tests_properties(house.gdal PROPERTIES LABELS "house;unit")
    set(sample_dir ${CMAKE_CURRENT_BINARY_DIR}/sample)
    add_test(NAME fixture.sample
        COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/make_sample.sh $<TARGET_FILE:plankarta>
            ${sample_dir} 60)
    set_tests_properties(fixture.sample PROPERTIES
        FIXTURES_SETUP sample LABELS "http" TIMEOUT 300)

    # `ninja audit`: the shipped styles in every theme, on the sample that the tests made.
    add_custom_target(audit
        COMMAND plankarta audit --db ${sample_dir}/sample.sqlite USES_TERMINAL VERBATIM)

    # The symbology chart: chart/chart.sqlite has every class, line, mark and label.
    set(chart_dir ${CMAKE_CURRENT_BINARY_DIR}/chart)
    add_test(NAME fixture.chart
        COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/golden/make_chart.sh
            $<TARGET_FILE:plankarta> ${chart_dir})
    set_tests_properties(fixture.chart PROPERTIES
        FIXTURES_SETUP chart LABELS "golden;plain" TIMEOUT 120)
    add_executable(test_chart unit/test_chart.c)
    target_link_libraries(test_chart PRIVATE pk_tiles PkgConfig::CMOCKA)
    target_include_directories(test_chart PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
    add_test(NAME whole.chart COMMAND test_chart ${chart_dir}/chart.sqlite)
    set_tests_properties(whole.chart PROPERTIES
        FIXTURES_REQUIRED chart LABELS "plain" TIMEOUT 120)

    add_executable(golden_compare golden/compare.c)
    target_link_libraries(golden_compare PRIVATE pk_tiles)
    add_test(NAME golden.views
        COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/golden/golden.sh $<TARGET_FILE:plankarta>
            ${sample_dir}/sample.sqlite $<TARGET_FILE:golden_compare>
            ${CMAKE_CURRENT_BINARY_DIR}/golden views.txt)
    set_tests_properties(golden.views PROPERTIES
        FIXTURES_REQUIRED sample LABELS "golden;plain" TIMEOUT 300)
    add_test(NAME golden.chart
        COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/golden/golden.sh $<TARGET_FILE:plankarta>
            ${chart_dir}/chart.sqlite $<TARGET_FILE:golden_compare>
            ${CMAKE_CURRENT_BINARY_DIR}/golden chart.txt)
    set_tests_properties(golden.chart PROPERTIES
        FIXTURES_REQUIRED chart LABELS "golden;plain" TIMEOUT 300)

    add_test(NAME clients.open_database
        COMMAND /usr/bin/python3 ${CMAKE_CURRENT_SOURCE_DIR}/clients/open_database.py
            ${sample_dir}/sample.sqlite)
    set_tests_properties(clients.open_database PROPERTIES
        FIXTURES_REQUIRED sample LABELS "clients;plain" TIMEOUT 300)
    include(${CMAKE_CURRENT_SOURCE_DIR}/browser/browser.cmake)

    if(NOT browser_why)
        add_test(NAME spec.style_oracle
            COMMAND ${browser_node} ${CMAKE_CURRENT_SOURCE_DIR}/spec/style_oracle.mjs
                $<TARGET_FILE:style_say> ${browser_build})
        set_tests_properties(spec.style_oracle PROPERTIES LABELS "spec;plain" TIMEOUT 120)
        add_test(NAME spec.viewer_style
            COMMAND ${CMAKE_COMMAND} -E env PLANKARTA=$<TARGET_FILE:plankarta>
                python3 -B ${CMAKE_CURRENT_SOURCE_DIR}/spec/viewer_style.py
                ${sample_dir} ${browser_node} ${browser_build})
        set_tests_properties(spec.viewer_style PROPERTIES
            FIXTURES_REQUIRED sample LABELS "spec;plain" TIMEOUT 240)
    endif()

    # pk_add_whole(NAME ARG...) runs whole/NAME.py with the built program.
    function(pk_add_whole name)
        add_test(NAME whole.${name}
            COMMAND ${CMAKE_COMMAND} -E env PLANKARTA=$<TARGET_FILE:plankarta>
                python3 -B ${CMAKE_CURRENT_SOURCE_DIR}/whole/${name}.py ${ARGN})
        set_tests_properties(whole.${name} PROPERTIES LABELS "http" TIMEOUT 300)
    endfunction()

    pk_add_whole(real_plan ${CMAKE_CURRENT_BINARY_DIR}/real_plan
        ${PROJECT_SOURCE_DIR}/../shared/data)
    pk_add_whole(check ${CMAKE_CURRENT_BINARY_DIR}/check
        ${PROJECT_SOURCE_DIR}/../shared/data)
    pk_add_whole(answers ${sample_dir})
    pk_add_whole(admin ${sample_dir} ${CMAKE_CURRENT_BINARY_DIR}/admin)
    set_tests_properties(whole.admin PROPERTIES FIXTURES_REQUIRED sample)
    set_tests_properties(whole.answers PROPERTIES FIXTURES_REQUIRED sample)
    pk_add_whole(background ${sample_dir})
    set_tests_properties(whole.background PROPERTIES FIXTURES_REQUIRED sample)
    pk_add_whole(doors ${sample_dir})
    set_tests_properties(whole.doors PROPERTIES FIXTURES_REQUIRED sample)
    pk_add_whole(language ${sample_dir} ${PROJECT_SOURCE_DIR})
    set_tests_properties(whole.language PROPERTIES FIXTURES_REQUIRED sample)
    pk_add_whole(legend ${sample_dir})
    set_tests_properties(whole.legend PROPERTIES FIXTURES_REQUIRED sample)
    pk_add_whole(files ${sample_dir} ${CMAKE_CURRENT_BINARY_DIR}/files)
    set_tests_properties(whole.files PROPERTIES FIXTURES_REQUIRED sample)
    add_test(NAME whole.vector_tiles
        COMMAND ${CMAKE_COMMAND} -E env PLANKARTA=$<TARGET_FILE:plankarta>
            /usr/bin/python3 -B ${CMAKE_CURRENT_SOURCE_DIR}/whole/vector_tiles.py
            ${sample_dir})
    set_tests_properties(whole.vector_tiles PROPERTIES
        FIXTURES_REQUIRED sample LABELS "http" TIMEOUT 300)
    # The same edit in 2 000 plans: ninja edit_2000
    pk_add_whole(edit ${CMAKE_CURRENT_BINARY_DIR}/edit 300 1000)
    add_custom_target(edit_2000
        COMMAND ${CMAKE_COMMAND} -E env PLANKARTA=$<TARGET_FILE:plankarta>
            python3 -B ${CMAKE_CURRENT_SOURCE_DIR}/whole/edit.py
            ${CMAKE_BINARY_DIR}/edit_2000 2000 1000
        DEPENDS plankarta plankarta-work plankarta-read USES_TERMINAL)
endif()
