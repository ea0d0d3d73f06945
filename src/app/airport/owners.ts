/** The teams of the airport. */
export const owners = {
  /** The panel, the way in, and whatever nobody else owns. */
  panel: '@airport/panel',
  /** Cameras, and what is seen in their frames. */
  vision: '@airport/vision',
};
