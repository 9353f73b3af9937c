# Only the reader of foreign files loads GDAL. Run by CTest:
# cmake -DPLANKARTA=... -DWORK=... -DREAD=... -P check_gdal.cmake
cmake_minimum_required(VERSION 3.25)

foreach(program PLANKARTA WORK READ)
    execute_process(COMMAND ldd ${${program}} OUTPUT_VARIABLE libraries RESULT_VARIABLE bad)
    if(bad)
        message(FATAL_ERROR "ldd ${${program}}: ${bad}")
    endif()
    string(FIND "${libraries}" "libgdal" at)
    if(program STREQUAL "READ" AND at EQUAL -1)
        message(FATAL_ERROR "plankarta-read does not load GDAL: this test sees nothing")
    elseif(NOT program STREQUAL "READ" AND NOT at EQUAL -1)
        message(FATAL_ERROR "${${program}} loads GDAL")
    endif()
endforeach()
