<#
.SYNOPSIS
Installs movescreen into a virtual environment of its own, by default .venv beside this script.

.DESCRIPTION
What install.sh does on Linux and macOS. Running it again brings the environment up to date; nothing else is changed. Windows needs no system
libraries beyond Python; for PDFs, install Pango (https://doc.courtbouillon.org/weasyprint/stable/first_steps.html#windows).
This script was read, not run: please tell what it did.

.PARAMETER Dev
Install in place, with the tools for testing.

.PARAMETER Venv
Folder of the virtual environment.

.EXAMPLE
powershell -ExecutionPolicy Bypass -File install.ps1
#>
param([switch]$Dev, [string]$Venv = (Join-Path $PSScriptRoot ".venv"))
$ErrorActionPreference = "Stop"

function Stop-With([string]$What, [string]$Hint) {
    [Console]::Error.WriteLine("movescreen: $What")
    [Console]::Error.WriteLine("  $Hint")
    exit 1
}

function Find-Python {
    foreach ($version in "3.13", "3.12", "3.11") {
        if (Get-Command py -ErrorAction SilentlyContinue) {
            & py "-$version" -c "import venv" 2>$null
            if ($LASTEXITCODE -eq 0) { return @("py", "-$version") }
        }
    }
    if (Get-Command python -ErrorAction SilentlyContinue) {
        & python -c "import sys, venv; sys.exit(sys.version_info < (3, 11))" 2>$null
        if ($LASTEXITCODE -eq 0) { return @("python") }
    }
    Stop-With "movescreen needs Python 3.11 or newer, 64 bit, and there is none here." "Install it from python.org, or: winget install Python.Python.3.13"
}

function Install-Packages {
    & $inside -m pip install --quiet --disable-pip-version-check --no-input @args
    if ($LASTEXITCODE -ne 0) { Stop-With "pip could not install movescreen." "Its own message stands above. Running this again does no harm." }
}

Set-Location $PSScriptRoot
$inside = Join-Path $Venv "Scripts\python.exe"
if (-not (Test-Path $inside)) {
    $python = @(Find-Python)
    $command, $rest = $python
    & $command @rest -m venv $Venv
    if ($LASTEXITCODE -ne 0) { Stop-With "the virtual environment $Venv could not be made." "Choose another folder: install.ps1 -Venv FOLDER" }
}
Write-Output "movescreen: installing movescreen and the packages it needs (some minutes the first time)"
if ($Dev) {
    Install-Packages --editable ".[test]"
} else {
    Install-Packages --require-hashes --requirement supply\locked.txt
    Install-Packages --no-deps --no-build-isolation .
}
$next = if ($Dev) { "pytest" } else { "movescreen demo" }
Write-Output "movescreen: done. Next, type:"
Write-Output "  $(Join-Path $Venv "Scripts")\$next"
