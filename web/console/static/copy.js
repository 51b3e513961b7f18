// Commands and programs that can be copied, and sections that become tabs.

export function copyButtons(root) {
  if (!navigator.clipboard) return;
  const { copy, copied } = document.body.dataset;
  for (const box of root.querySelectorAll(".command")) {
    const text = box.querySelector("code").textContent;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = copy;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(text);
      button.textContent = copied;
      setTimeout(() => (button.textContent = copy), 1500);
    });
    box.classList.add("copyable");
    box.append(button);
  }
}

export function tabs(root) {
  for (const set of root.querySelectorAll("[data-tabs]")) {
    const sections = [...set.children];
    const bar = document.createElement("div");
    bar.className = "tabs";
    bar.setAttribute("role", "tablist");
    const buttons = sections.map((section) => {
      const head = section.querySelector("h3");
      const button = document.createElement("button");
      button.type = "button";
      button.id = head.id + "-tab";
      button.textContent = head.textContent;
      button.setAttribute("role", "tab");
      section.setAttribute("role", "tabpanel");
      section.setAttribute("aria-labelledby", button.id);
      head.hidden = true;
      bar.append(button);
      return button;
    });
    const show = (chosen) => {
      sections.forEach((section, i) => {
        section.hidden = i !== chosen;
        buttons[i].setAttribute("aria-selected", i === chosen);
        buttons[i].tabIndex = i === chosen ? 0 : -1;
      });
    };
    buttons.forEach((button, i) => {
      button.addEventListener("click", () => show(i));
      button.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        const next = (i + step + buttons.length) % buttons.length;
        show(next);
        buttons[next].focus();
      });
    });
    set.prepend(bar);
    show(0);
  }
}
