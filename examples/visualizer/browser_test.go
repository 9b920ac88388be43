//go:build unix

package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var (
	chromium = flag.String("chromium", "", "a browser to draw the page with, for example chromium")
	shots    = flag.String("shots", "", "a directory to write pictures of the page to")
)

// A tab is a page of a browser, driven through the DevTools protocol on a pair of pipes: JSON messages that end with NUL.
type tab struct {
	t       *testing.T
	in      *os.File
	out     *bufio.Reader
	session string
	last    int
	asked   []string // the addresses the page loaded
	thrown  []string // what its script threw
}

// A message is an answer, with the ID of its command, or an event.
type message struct {
	ID     int
	Method string
	Params json.RawMessage
	Result json.RawMessage
	Error  *struct{ Message string }
}

// open starts the browser and a tab in it. The end of the test kills it.
func open(t *testing.T) *tab {
	t.Helper()
	theirIn, in, err := os.Pipe()
	require.NoError(t, err)
	out, theirOut, err := os.Pipe()
	require.NoError(t, err)
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), *chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-pipe",
		"--hide-scrollbars", "--user-data-dir="+t.TempDir())
	cmd.ExtraFiles = []*os.File{theirIn, theirOut} // descriptors 3 and 4, as the flag wants them
	require.NoError(t, cmd.Start())
	_, _ = theirIn.Close(), theirOut.Close()
	b := &tab{t: t, in: in, out: bufio.NewReader(out)}
	t.Cleanup(func() {
		_, _ = in.WriteString(`{"id":0,"method":"Browser.close"}` + "\x00") // it has to leave its directory before that is removed
		kill := time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait()
		kill.Stop()
		_, _ = in.Close(), out.Close()
	})
	var target struct{ TargetID, SessionID string }
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &target)
	b.session = target.SessionID
	b.call("Runtime.enable", nil, nil)
	b.call("Network.enable", nil, nil)
	return b
}

// call sends a command and waits for its answer; events that come first are noted.
func (b *tab) call(method string, params map[string]any, result any) {
	b.t.Helper()
	b.last++
	command := map[string]any{"id": b.last, "method": method}
	if params != nil {
		command["params"] = params
	}
	if b.session != "" {
		command["sessionId"] = b.session
	}
	text, err := json.Marshal(command)
	require.NoError(b.t, err)
	_, err = b.in.Write(append(text, 0))
	require.NoError(b.t, err)
	for {
		text, err := b.out.ReadBytes(0)
		require.NoError(b.t, err, "the browser went away")
		var m message
		require.NoError(b.t, json.Unmarshal(text[:len(text)-1], &m))
		switch {
		case m.ID == b.last:
			require.Nil(b.t, m.Error, method)
			if result != nil {
				require.NoError(b.t, json.Unmarshal(m.Result, result))
			}
			return
		case m.Method == "Runtime.exceptionThrown":
			b.thrown = append(b.thrown, string(m.Params))
		case m.Method == "Network.requestWillBeSent":
			var p struct{ Request struct{ URL string } }
			require.NoError(b.t, json.Unmarshal(m.Params, &p))
			b.asked = append(b.asked, p.Request.URL)
		}
	}
}

// eval returns what a JavaScript expression gives, as JSON.
func (b *tab) eval(js string) string {
	b.t.Helper()
	var r struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails json.RawMessage
	}
	b.call("Runtime.evaluate", map[string]any{"expression": js, "returnByValue": true, "awaitPromise": true}, &r)
	require.Empty(b.t, string(r.ExceptionDetails), js)
	var s string
	if json.Unmarshal(r.Result.Value, &s) == nil {
		return strconv.Quote(s) // JSON would spell letters beyond ASCII as escapes
	}
	return string(r.Result.Value)
}

// until waits for a JavaScript condition.
func (b *tab) until(js string) {
	b.t.Helper()
	require.Equal(b.t, "true", b.eval(`new Promise(done => { let n = 0; const look = () => (`+js+`) ? done(true) : n++ > 1000 ? done(false) : setTimeout(look, 10); look(); })`), js)
}

// keys presses keys, one after the other.
func (b *tab) keys(keys ...string) {
	b.t.Helper()
	for _, k := range keys {
		p := map[string]any{"type": "keyDown", "key": k}
		switch {
		case k == "Enter":
			p["text"], p["windowsVirtualKeyCode"] = "\r", 13
		case k == "Tab":
			p["windowsVirtualKeyCode"] = 9
		case len(k) == 1:
			p["text"] = k
		}
		b.call("Input.dispatchKeyEvent", p, nil)
		b.call("Input.dispatchKeyEvent", map[string]any{"type": "keyUp", "key": k}, nil)
	}
}

func (b *tab) window(width int, scheme string) {
	b.t.Helper()
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false}, nil)
	b.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]any{
		{"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": "reduce"}}}, nil)
}

func (b *tab) shot(name string) {
	b.t.Helper()
	if *shots == "" {
		return
	}
	var r struct{ Data string }
	b.call("Page.captureScreenshot", map[string]any{"captureBeyondViewport": true}, &r)
	png, err := base64.StdEncoding.DecodeString(r.Data)
	require.NoError(b.t, err)
	require.NoError(b.t, os.WriteFile(filepath.Join(*shots, name+".png"), png, 0o644))
}

// sound holds in every state of the page: it is no wider than the window, boxes of the picture do not overlap, no text
// leaves its box, and text stands out from its background as WCAG AA wants it.
const sound = `(() => {
  const bad = [], box = e => e.getBoundingClientRect();
  if (document.documentElement.scrollWidth > innerWidth) bad.push("wider than the window");
  const boxes = [...document.querySelectorAll("svg .box")];
  boxes.forEach((a, i) => { const p = box(a);
    boxes.slice(i + 1).forEach(b => { const q = box(b);
      if (p.left < q.right && q.left < p.right && p.top < q.bottom && q.top < p.bottom) bad.push("boxes overlap"); });
    a.parentNode.querySelectorAll("text:not(.path)").forEach(t => { const q = box(t);
      if (q.left < p.left || q.right > p.right || q.bottom > p.bottom) bad.push("text leaves its box: " + t.textContent); }); });
  document.querySelectorAll(".level > *, .reads > *").forEach(e => { if (e.scrollWidth > e.clientWidth + 1) bad.push("text leaves its cell: " + e.textContent); });
  const light = c => { const [r, g, b] = c.match(/[\d.]+/g).map(x => (x /= 255) <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
  const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (!/rgba\(0, 0, 0, 0\)/.test(c)) return light(c); } return 1; };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n; n = walk.nextNode();) { const e = n.parentElement; if (!n.data.trim() || e.tagName === "SCRIPT" || !box(e).width) continue;
    const s = getComputedStyle(e), a = light(e.namespaceURI.endsWith("svg") ? s.fill : s.color), b = behind(e);
    const contrast = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (contrast < 4.5) bad.push(contrast.toFixed(1) + " is too faint: " + n.data); }
  return bad.slice(0, 8).join("; ");
})()`

// A browser draws the page, and a keyboard is all it takes to use it.
func TestBrowser(t *testing.T) {
	if *chromium == "" {
		t.Skip("no browser: go test ./examples/visualizer -chromium=chromium")
	}
	srv := httptest.NewServer(newServer())
	defer srv.Close()
	b := open(t)
	check := func(name string) {
		t.Helper()
		require.Equal(t, `""`, b.eval(sound), name)
		b.shot(name)
	}
	text := func(id string) string { return b.eval(`document.getElementById("` + id + `").innerText`) }
	focus := func() string {
		return b.eval(`(e => (e.id || e.textContent) + (getComputedStyle(e).outlineStyle === "solid" ? " outlined" : ""))(document.activeElement)`)
	}

	b.window(1400, "light")
	b.call("Page.navigate", map[string]any{"url": srv.URL}, nil)
	b.until(`document.body?.dataset.ready === "yes"`)
	check("light")
	require.Contains(t, b.eval(`document.querySelector("svg").textContent`), "quince: 43")
	require.Contains(t, text("versions"), "v0 · 48")

	// Edit with the keyboard alone: choose the first version, set a key in it, walk back, delete with the button.
	b.keys("1")
	require.Equal(t, `"map outlined"`, focus())
	b.keys("ArrowLeft", "ArrowLeft")
	require.Contains(t, text("said"), "v0: the first version")
	b.keys("/")
	require.Equal(t, `"key outlined"`, focus())
	b.keys(strings.Split("medlar", "")...)
	b.keys("Tab", "7", "Enter")
	b.until(`document.getElementById("said").innerText.includes('v3 = v0.Set("medlar", "7")')`)
	require.Contains(t, text("said"), "2 new")
	require.Equal(t, `["medlar: 7"]`, b.eval(`[...document.querySelectorAll("svg .changed")].map(e => e.textContent)`))
	check("edited")
	b.keys("Tab", "Tab", "Enter")
	b.until(`document.getElementById("said").innerText.includes('v4 = v3.Delete("medlar")')`)
	require.Equal(t, `"delete outlined"`, focus())

	// A version's button keeps the focus while the arrows go on.
	b.eval(`document.querySelector("#versions button").focus()`)
	b.keys("Enter", "ArrowRight", "ArrowRight")
	require.Equal(t, `"v2 · 49 outlined"`, focus())
	b.keys("r")
	b.until(`document.querySelectorAll("#versions button").length === 6`)

	// Step through the program to where three levels are stacked, and on to the end.
	b.keys("2")
	require.Equal(t, `"program outlined"`, focus())
	for range 10 {
		b.keys("ArrowRight")
		require.Equal(t, `""`, b.eval(sound))
	}
	require.Equal(t, `["words","pages","main"]`, b.eval(`[...document.querySelectorAll("#levels .level b")].map(e => e.firstChild.data)`))
	require.Equal(t, "true", b.eval(`(r => r[0].bottom <= r[1].top && r[1].bottom <= r[2].top && r[0].left === r[2].left)([...document.querySelectorAll("#levels .level")].map(e => e.getBoundingClientRect()))`))
	require.Equal(t, `["gets","root","4","[20 10 5]"]`, b.eval(`[...document.querySelectorAll("#reads > *")].map(e => e.textContent)`))
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int{400, 800, 1400, 2200} {
			b.window(width, scheme)
			check(fmt.Sprintf("%s-%d", scheme, width))
		}
	}
	back := `getComputedStyle(document.body).backgroundColor`
	dark := b.eval(back)
	b.keys("d")
	require.NotEqual(t, dark, b.eval(back), "d changes to light")
	check("light-chosen")
	for range 30 {
		b.keys("ArrowRight")
	}
	require.Equal(t, `"20 of 20"`, text("count"))
	require.Equal(t, `["main"]`, b.eval(`[...document.querySelectorAll("#levels .level b")].map(e => e.firstChild.data)`))

	require.Empty(t, b.thrown)
	require.NotEmpty(t, b.asked)
	for _, url := range b.asked {
		require.True(t, strings.HasPrefix(url, srv.URL+"/"), "the page asks %s", url)
	}
}
