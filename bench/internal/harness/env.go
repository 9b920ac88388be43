package harness

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
)

// Env is what a timing means nothing without.
type Env struct {
	Go         string `json:"go"`
	OS         string `json:"os"`
	Arch       string `json:"arch"`
	AMD64      string `json:"goamd64,omitempty"`
	CPU        string `json:"cpu"`
	CPUs       int    `json:"cpus"`
	GOMAXPROCS int    `json:"gomaxprocs"`
	Commit     string `json:"commit"` // with "+changes" when the tree differed from it
	Command    string `json:"command"`
	Load       string `json:"load,omitempty"` // load average when the run began
}

// ReadEnv asks the toolchain, the processor and git. What cannot be found out
// reads "unknown"; nothing fails.
func ReadEnv(command string) Env {
	e := Env{
		Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH, CPU: cpuModel(),
		CPUs: runtime.NumCPU(), GOMAXPROCS: runtime.GOMAXPROCS(0), Commit: commit(), Command: command,
	}
	if b, ok := debug.ReadBuildInfo(); ok {
		for _, s := range b.Settings {
			if s.Key == "GOAMD64" {
				e.AMD64 = s.Value
			}
		}
	}
	if b, err := os.ReadFile("/proc/loadavg"); err == nil {
		if f := strings.Fields(string(b)); len(f) > 0 {
			e.Load = f[0]
		}
	}
	return e
}

func (e Env) String() string {
	s := fmt.Sprintf("%s %s/%s", e.Go, e.OS, e.Arch)
	if e.AMD64 != "" {
		s += " GOAMD64=" + e.AMD64
	}
	s += fmt.Sprintf(", %s, %d CPUs, commit %s", e.CPU, e.CPUs, e.Commit)
	if e.Load != "" {
		s += ", load " + e.Load
	}
	return s
}

func cpuModel() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return "unknown"
	}
	defer f.Close()
	for sc := bufio.NewScanner(f); sc.Scan(); {
		if name, value, ok := strings.Cut(sc.Text(), ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

func commit() string {
	out, err := exec.Command("git", "rev-parse", "--short=12", "HEAD").Output()
	if err != nil {
		return "unknown"
	}
	c := strings.TrimSpace(string(out))
	if exec.Command("git", "diff", "--quiet", "HEAD", "--", ":/hamt", ":/weakkey", ":/ctx", ":/internal", ":/bench").Run() != nil {
		c += "+changes"
	}
	return c
}
