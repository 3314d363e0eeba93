import { useEffect, useState } from "react";

const THEMES = ["system", "light", "dark"] as const;
type Name = (typeof THEMES)[number];
const KEY = "tandem-theme";

function kept(): Name {
  const known = localStorage.getItem(KEY);
  return THEMES.find((name) => name === known) ?? "system";
}

/** Follows the system's colours, or stays light or dark. */
export function Theme() {
  const [theme, setTheme] = useState<Name>(kept);
  useEffect(() => {
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    localStorage.setItem(KEY, theme);
  }, [theme]);
  return (
    <select aria-label="colours" value={theme} onChange={(event) => setTheme(event.target.value as Name)}>
      {THEMES.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}
