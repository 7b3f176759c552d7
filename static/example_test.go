package static_test

import (
	"fmt"
	"path"

	"github.com/callboard/callboard/static"
)

func ExampleURL() {
	fmt.Println(path.Base(static.URL("js/main.js")))
	// Output: main.js
}
