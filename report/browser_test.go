package report_test

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// browser is a Chromium without a window, spoken to over a pipe in the Chrome DevTools Protocol: JSON messages that
// end with a zero byte.
type browser struct {
	t       testing.TB
	to      io.Writer
	from    *bufio.Reader
	session string
	last    int
}

// patience is how long a test waits for what comes at once on a machine with nothing else to do.
const patience = 5 * time.Minute

// startBrowser skips the test where there is no Chromium.
func startBrowser(t testing.TB) *browser {
	t.Helper()
	name := os.Getenv("CHROMIUM")
	for _, known := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(known); name == "" && err == nil {
			name = path
		}
	}
	if name == "" {
		t.Skip("there is no chromium here; CHROMIUM may name one")
	}
	inRead, inWrite, err := os.Pipe()
	check(t, err)
	outRead, outWrite, err := os.Pipe()
	check(t, err)
	profile, err := os.MkdirTemp("", "browser")
	check(t, err)
	cmd := exec.Command(name, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
		"--disable-dev-shm-usage", "--user-data-dir="+profile, "--remote-debugging-pipe", "about:blank")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a browser is many processes
	end := func() { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.ExtraFiles = []*os.File{inRead, outWrite}
	check(t, cmd.Start())
	inRead.Close()
	outWrite.Close()
	b := &browser{t: t, to: inWrite, from: bufio.NewReader(outRead)}
	watchdog := time.AfterFunc(patience, end)
	t.Cleanup(func() {
		watchdog.Stop()
		inWrite.Close()
		end()
		cmd.Wait()
		outRead.Close()
		for i := 0; i < 50 && os.RemoveAll(profile) != nil; i++ {
			time.Sleep(20 * time.Millisecond) // the last of its processes may still write
		}
	})
	target := b.call("Target.createTarget", map[string]any{"url": "about:blank"})
	b.session = b.call("Target.attachToTarget", map[string]any{"targetId": target["targetId"], "flatten": true})["sessionId"].(string)
	b.call("Page.enable", nil)
	b.call("Network.enable", nil)
	return b
}

// call sends a command and waits for its answer.
func (b *browser) call(method string, params map[string]any) map[string]any {
	b.t.Helper()
	b.last++
	message := map[string]any{"id": b.last, "method": method, "params": params}
	if params == nil {
		delete(message, "params")
	}
	if b.session != "" {
		message["sessionId"] = b.session
	}
	text, err := json.Marshal(message)
	check(b.t, err)
	_, err = b.to.Write(append(text, 0))
	check(b.t, err)
	for {
		text, err := b.from.ReadBytes(0)
		if err != nil {
			b.t.Fatalf("%s: the browser is gone: %v", method, err)
		}
		var answer struct {
			ID     int
			Result map[string]any
			Error  *struct{ Message string }
		}
		check(b.t, json.Unmarshal(text[:len(text)-1], &answer))
		if answer.ID == b.last {
			if answer.Error != nil {
				b.t.Fatalf("%s: %s", method, answer.Error.Message)
			}
			return answer.Result
		}
	}
}

// size sets the window, in pixels of the page.
func (b *browser) size(width, height int) {
	b.t.Helper()
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})
}

// open goes to a page, from disk and without network, waits until it is drawn, and tells how long that took.
func (b *browser) open(path string) time.Duration {
	b.t.Helper()
	b.call("Network.emulateNetworkConditions", map[string]any{"offline": true, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0})
	begun := time.Now()
	b.call("Page.navigate", map[string]any{"url": "file://" + path})
	for time.Since(begun) < patience {
		if b.value("document.documentElement?.dataset.ready || ''") == "yes" {
			return time.Since(begun)
		}
		time.Sleep(20 * time.Millisecond)
	}
	b.t.Fatalf("%s is not drawn after %v: %v", path, patience, b.value("document.body && document.body.innerText"))
	return 0
}

// value evaluates an expression in the page.
func (b *browser) value(expression string) any {
	b.t.Helper()
	answer := b.call("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true, "awaitPromise": true})
	if thrown, bad := answer["exceptionDetails"]; bad {
		b.t.Fatalf("%s: %v", expression, thrown)
	}
	return answer["result"].(map[string]any)["value"]
}

// text gives what an element says.
func (b *browser) text(selector string) string {
	b.t.Helper()
	return fmt.Sprint(b.value(fmt.Sprintf("document.querySelector(%q).innerText", selector)))
}

// click presses the mouse at a place of an element, given in parts of its width and height.
func (b *browser) click(selector string, x, y float64) {
	b.t.Helper()
	b.value(fmt.Sprintf("document.querySelector(%q).scrollIntoView({block: 'center', behavior: 'instant'})", selector))
	at := b.value(fmt.Sprintf("(() => { const r = document.querySelector(%q).getBoundingClientRect(); return [r.x, r.y, r.width, r.height]; })()", selector)).([]any)
	box := make([]float64, 4)
	for i, v := range at {
		box[i] = v.(float64)
	}
	for _, kind := range []string{"mouseMoved", "mousePressed", "mouseReleased"} {
		b.call("Input.dispatchMouseEvent", map[string]any{"type": kind, "x": box[0] + x*box[2], "y": box[1] + y*box[3], "button": "left", "clickCount": 1})
	}
}

// press types a key that has a name.
func (b *browser) press(key string, code int) {
	b.t.Helper()
	for _, kind := range []string{"keyDown", "keyUp"} {
		b.call("Input.dispatchKeyEvent", map[string]any{"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code})
	}
}

// dark switches between the two schemes of colours.
func (b *browser) dark(on bool) {
	b.t.Helper()
	scheme := "light"
	if on {
		scheme = "dark"
	}
	b.call("Emulation.setEmulatedMedia", map[string]any{"features": []any{map[string]any{"name": "prefers-color-scheme", "value": scheme}}})
}

// picture keeps a screenshot of the whole page in the folder that SCREENSHOTS names, if it names one.
func (b *browser) picture(name string) {
	b.t.Helper()
	folder := os.Getenv("SCREENSHOTS")
	if folder == "" {
		return
	}
	answer := b.call("Page.captureScreenshot", map[string]any{"captureBeyondViewport": false})
	png, err := base64.StdEncoding.DecodeString(answer["data"].(string))
	check(b.t, err)
	check(b.t, os.WriteFile(filepath.Join(folder, name+".png"), png, 0o644))
}
