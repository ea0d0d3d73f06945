module meshmart.test/tools/backend

go 1.26
