package browser

import (
	"os"
	"testing"
)

// PicturesEnv names the folder for the pictures of the documentation.
const PicturesEnv = "CALLBOARD_SCREENSHOTS"

// Pictures returns the folder that the test shall write its pictures to. It
// skips the test unless somebody asked for them: `make screenshots` does, and
// runs every test that has Screenshot in its name.
func Pictures(t testing.TB) string {
	t.Helper()
	folder := os.Getenv(PicturesEnv)
	if folder == "" {
		t.Skipf("browser: %s is not set; make screenshots takes the pictures", PicturesEnv)
	}
	return folder
}
