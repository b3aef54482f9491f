/** Tabs as the ARIA Authoring Practices describe them: one is in the tab order, arrows go from one to the next. */
export const createTabs = (onSelect: (id: string) => void): void => {
  const tabs = [...document.querySelectorAll<HTMLButtonElement>("[role=tab]")]
  const select = (chosen: HTMLButtonElement): void => {
    for (const tab of tabs) {
      const isChosen = tab === chosen
      tab.setAttribute("aria-selected", String(isChosen))
      tab.tabIndex = isChosen ? 0 : -1
      document.getElementById(tab.getAttribute("aria-controls")!)!.hidden = !isChosen
    }
    onSelect(chosen.id)
  }
  for (const [i, tab] of tabs.entries()) {
    tab.addEventListener("click", () => select(tab))
    tab.addEventListener("keydown", ({ key }) => {
      const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 }
      const step = steps[key]
      if (step === undefined) return
      const next = tabs[(i + step + tabs.length) % tabs.length]!
      next.focus()
      select(next)
    })
  }
}
